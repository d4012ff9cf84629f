/**
 * Runs in a network namespace of its own, in which every forbidden address is this machine's: a canary listens on all of them, and
 * the kernel counts every attempt to open a connection (TCP ActiveOpens), SYN by SYN. Prints what it found as JSON.
 */
import { spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createOutbound, type Outbound, type Resolve } from '../../src/platform/outbound/outbound.ts';
import { networksOf } from '../../src/platform/outbound/public-address.ts';
import { forbidden4, forbidden6, wrapped } from '../../src/platform/outbound/testing/addresses.ts';
import { createDice } from '../fuzz/dice.ts';
import { startNameServer } from './name-server.ts';

const ip = (...words: readonly string[]): boolean => spawnSync('ip', words).status === 0;
ip('link', 'set', 'lo', 'up');
const good = '93.184.216.34';
const bound = [good, ...forbidden4, ...forbidden6].filter((address) =>
  ip('addr', 'add', `${address}/${address.includes(':') ? 128 : 32}`, 'dev', 'lo'),
);

/** Connections that anybody in this namespace tried to open, ever. */
function activeOpens(): number {
  const [names = '', values = ''] = readFileSync('/proc/self/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  return Number(values.split(' ')[names.split(' ').indexOf('ActiveOpens')]);
}

let reached = 0;
const canary = createServer((_, response) => void response.end('reached'));
canary.on('connection', () => (reached += 1));
await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
const { port } = canary.address() as AddressInfo;

const nameServer = await startNameServer();
const resolver = new Resolver();
resolver.setServers([`127.0.0.1:${nameServer.port}`]);
/** As the system's own: every address of the name. */
const resolve: Resolve = (hostname, done) => {
  void (async () => {
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = found.flatMap((one, at) =>
      one.status === 'fulfilled' ? one.value.map((address) => ({ address, family: at === 0 ? 4 : 6 })) : [],
    );
    done(addresses.length === 0 ? new Error('ENOTFOUND') : null, addresses);
  })();
};

const open: Outbound[] = [];
const strict = (): Outbound => {
  const made = createOutbound(
    { allowNetworks: [] },
    { resolve, keepsConnections: false, connectMsMax: 2_000 },
  );
  open.push(made);
  return made;
};

const cases: { readonly name: string; readonly opened: number }[] = [];
async function attempt(name: string, url: string, times = 1): Promise<void> {
  const before = activeOpens();
  const outbound = strict();
  for (let i = 0; i < times; i++) {
    await outbound.fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
      async (response) => response.text(),
      () => undefined,
    );
  }
  cases.push({ name, opened: activeOpens() - before });
}

let number = 0;
/** A name that nobody asked for yet. */
function named(...answers: Parameters<typeof nameServer.names.set>[1]): string {
  number += 1;
  const name = `n${number}.test.example`;
  nameServer.names.set(name, answers);
  return name;
}

for (const address of [...forbidden4, ...forbidden6, ...wrapped]) {
  const host = address.includes(':') ? `[${address}]` : address;
  await attempt(`literal ${address}`, `https://${host}:${port}/`);
  await attempt(`literal, no TLS ${address}`, `http://${host}:${port}/`);
}
for (const address of [...forbidden4, ...forbidden6]) {
  const bad = address.includes(':') ? { aaaa: [address] } : { a: [address] };
  const mixed = address.includes(':') ? { a: [good], aaaa: [address] } : { a: [good, address] };
  const reversed = address.includes(':') ? mixed : { a: [address, good] };
  const at = (name: string): string => `https://${name}:${port}/`;
  await attempt(`name ${address}`, at(named(bad)));
  await attempt(`mixed ${address}`, at(named(mixed)));
  await attempt(`mixed, the other way ${address}`, at(named(reversed)));
  nameServer.names.set(`target${number}.test.example`, [bad]);
  await attempt(`alias ${address}`, at(named({ cname: `target${number}.test.example` })));
}

/** Good when it is checked, bad when it is called: between check and call, and from one attempt to the next. */
const flips: { readonly opened: number; readonly reachedBad: number }[] = [];
for (const address of forbidden4.filter((one) => bound.includes(one))) {
  const name = named({ a: [good] }, { a: [address] });
  const before = activeOpens();
  const outbound = strict();
  const ask = async (): Promise<void> => {
    await outbound
      .fetch(`https://${name}:${port}/`, { signal: AbortSignal.timeout(3_000) })
      .catch(() => undefined);
  };
  const seen: string[] = [];
  const note = (socket: { localAddress?: string }): void => void seen.push(socket.localAddress ?? '');
  canary.on('connection', note);
  await ask();
  await ask();
  await new Promise((done) => setTimeout(done, 5));
  canary.off('connection', note);
  flips.push({
    opened: activeOpens() - before,
    reachedBad: seen.filter((local) => !local.endsWith(good)).length,
  });
}

/** Spellings of forbidden hosts, ten thousand of them. */
const dice = createDice(Number(process.argv[2] ?? 1));
const beforeVariants = activeOpens();
const outbound = strict();
const names = ['localhost', 'a.localhost', 'metadata.google.internal', 'metadata', 'instance-data'];
const number32 = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const spellings: ((address: string) => string)[] = [
  (address) => String(number32(address)),
  (address) => `0x${number32(address).toString(16)}`,
  (address) =>
    address
      .split('.')
      .map((octet) => `0${Number(octet).toString(8)}`)
      .join('.'),
  (address) =>
    address
      .split('.')
      .map((octet) => `0x${Number(octet).toString(16)}`)
      .join('.'),
  (address) => `${address.split('.').slice(0, 2).join('.')}.${number32(address) % 65_536}`,
  (address) => `${address.split('.')[0]}.${number32(address) % 16_777_216}`,
  (address) => address.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  (address) => address.replaceAll('.', dice.of(['。', '．', '｡'])),
  (address) => `${address}.`,
  (address) => `[::ffff:${address}]`,
  (address) => `[::${address}]`,
  (address) => `[64:ff9b::${address}]`,
  (address) => `[::ffff:${address}%25lo]`,
  (address) => `user:word@${address}`,
  (address) => `good.example@${address}`,
  (address) => `%31${address.slice(1)}`,
  () => dice.of(names),
  () => `${dice.of(names)}.`,
  () => dice.of(names).toUpperCase(),
];
let variants = 0;
for (; variants < 10_000; variants++) {
  const host = dice.of(spellings)(dice.of(forbidden4));
  const scheme = dice.of(['https', 'http', 'HTTPS', 'https:/', 'ftp', 'gopher']);
  const address = `${scheme}://${host}:${port}${dice.of(['/', '/latest/meta-data', '?x', '#y', ''])}`;
  await Promise.resolve()
    .then(async () => outbound.fetch(address, { signal: AbortSignal.timeout(3_000) }))
    .catch(() => undefined);
}
const variantsOpened = activeOpens() - beforeVariants;

/** The canary can be reached, and a good address is called: else all of the above would say nothing. */
const own = createOutbound({ allowNetworks: networksOf(['127.0.0.0/8']) }, { resolve });
open.push(own);
const reachedBefore = reached;
const control = await (await own.fetch(`http://127.0.0.1:${port}/`)).text();
const controlReached = reached - reachedBefore;
const goodBefore = activeOpens();
await strict()
  .fetch(`https://${named({ a: [good] })}:${port}/`, { signal: AbortSignal.timeout(3_000) })
  .catch(() => undefined);
const result = {
  bound: bound.length,
  cases: cases.length,
  opened: cases.filter((one) => one.opened > 0).map((one) => one.name),
  flips: flips.length,
  flipsToBad: flips.reduce((sum, one) => sum + one.reachedBad, 0),
  flipsOpened: flips.reduce((sum, one) => sum + one.opened, 0),
  variants,
  variantsOpened,
  control,
  controlReached,
  goodOpened: activeOpens() - goodBefore,
};
process.stdout.write(JSON.stringify(result));
process.exit(0);
