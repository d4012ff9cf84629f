/** A name server that answers as it is told, over UDP, for tests of what is made of its answers. */
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

import ipaddr from 'ipaddr.js';

export interface Answers {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  /** The name is another one's. */
  readonly cname?: string;
}

export interface NameServer {
  readonly port: number;
  /** By name: what the first, second … question of a type is answered; the last one goes on. */
  readonly names: Map<string, readonly Answers[]>;
  close(): void;
}

const types = { a: 1, cname: 5, aaaa: 28 } as const;

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function record(name: string, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), head, data]);
}

const bytesOf = (address: string): Buffer => Buffer.from(ipaddr.parse(address).toByteArray());

export async function startNameServer(): Promise<NameServer> {
  const names = new Map<string, readonly Answers[]>();
  const asked = new Map<string, number>();
  const socket: Socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    while (message[at] !== 0) {
      labels.push(message.subarray(at + 1, at + 1 + message[at]!).toString('ascii'));
      at += 1 + message[at]!;
    }
    const question = message.subarray(12, at + 5);
    const type = message.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    const count = asked.get(`${name} ${type}`) ?? 0;
    asked.set(`${name} ${type}`, count + 1);
    const answers = names.get(name) ?? [];
    const now = answers[Math.min(count, answers.length - 1)] ?? {};
    const target = now.cname ?? name;
    const own = now.cname === undefined ? now : (names.get(target)?.[0] ?? {});
    const list = type === types.a ? own.a : type === types.aaaa ? own.aaaa : [];
    const records = [
      ...(now.cname === undefined ? [] : [record(name, types.cname, nameBytes(target))]),
      ...(list ?? []).map((one) => record(target, type, bytesOf(one))),
    ];
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([head, question, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: (socket.address() as AddressInfo).port, names, close: () => void socket.close() };
}
