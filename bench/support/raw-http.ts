/** A caller that costs next to nothing itself: one socket, prepared bytes, and of an answer only its length and its body. */
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  /** Sends prepared bytes; resolves with the body of the answer. One call at a time. */
  call(bytes: Uint8Array): Promise<Buffer>;
  close(): void;
}

/** A POST as it goes over the wire. */
export function rawPost(url: string, path: string, key: string, body: unknown): Buffer {
  const text = JSON.stringify(body);
  const { host } = new URL(url);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

const headEnd = Buffer.from('\r\n\r\n');

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  let pending: { resolve: (body: Buffer) => void; reject: (cause: Error) => void } | null = null;
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const at = held.indexOf(headEnd);
    if (at < 0) return;
    const head = held.toString('latin1', 0, at);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const from = at + headEnd.length;
    if (held.length < from + length) return;
    const body = held.subarray(from, from + length);
    held = held.subarray(from + length);
    const waiting = pending;
    pending = null;
    if (head.startsWith('HTTP/1.1 200')) waiting?.resolve(body);
    else waiting?.reject(new Error(head.split('\r\n', 1)[0]));
  });
  socket.on('close', () => pending?.reject(new Error('the connection was closed')));
  return {
    call: async (bytes) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };
}
