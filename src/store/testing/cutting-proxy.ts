/** A way to a Postgres server that can be cut at the moment when a commit leaves. For tests. */
import { createServer, connect as connectSocket, type AddressInfo, type Socket } from 'node:net';

/** `COMMIT` as a simple query. Source: PostgreSQL documentation, "Message formats". */
const commit = Buffer.from('Q\0\0\0\x0bCOMMIT\0', 'latin1');

export interface CuttingProxy {
  readonly port: number;
  /**
   * What becomes of the next commits: the connection ends when one is seen, before the server or before the caller hears of it; or
   * it is kept from the server, and both go on waiting.
   */
  cutNext(count: number, when: 'before' | 'after' | 'never'): void;
  /** How many were cut. */
  cuts(): number;
  /** True: nobody comes in. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let left = 0;
  let mode: 'before' | 'after' | 'never' = 'before';
  let isRefused = false;
  let cutCount = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    if (isRefused) return void client.destroy();
    const server = connectSocket(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    server.on('data', (bytes) => client.write(bytes)).on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    client.on('data', (bytes: Buffer) => {
      if (left === 0 || !bytes.includes(commit)) return void server.write(bytes);
      left--;
      cutCount++;
      if (mode === 'never') return;
      if (mode === 'before') return void client.resetAndDestroy();
      // The server gets it, works, and finds nobody to tell.
      server.removeAllListeners('data');
      server.on('data', () => client.resetAndDestroy());
      server.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    cutNext: (count, when) => {
      left = count;
      mode = when;
    },
    cuts: () => cutCount,
    refuse: (isRefusing) => {
      isRefused = isRefusing;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
