/** The members that every measure uploads: made from a seed, so that all servers and both sides of a match agree. */
import { createCipheriv, createHash } from 'node:crypto';

import { doorHeaders, type BenchDoor } from './doors.ts';

const bytesPerMember = 64;
const blockBytes = 16;

/** 64 bytes a member: digest of the e-mail, digest of the phone. Random access in the stream of a cipher. */
export function digestsOf(seed: string, first: number, count: number): Buffer {
  const key = createHash('sha256').update(`bench ${seed}`).digest().subarray(0, 16);
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt(first) * BigInt(bytesPerMember / blockBytes), 8);
  return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(count * bytesPerMember));
}

export const externalIdOf = (index: number): string => `crm_${String(index).padStart(8, '0')}`;

export interface BodyOptions {
  readonly accountId: string;
  /** Stretches of members. */
  readonly ranges: readonly { readonly first: number; readonly count: number }[];
  /** Other seeds give the same members other hashes. */
  readonly seed: string;
  /** MCP unless said. */
  readonly door?: BenchDoor;
}

/** A request whose key and audience are changed in place: building 15 MB anew would cost more than sending it. */
export interface SyncBody {
  readonly bytes: Buffer;
  readonly count: number;
  readonly door: BenchDoor;
  /** Names the audience, of at most 24 characters, and a fresh key; gives the headers that go with them. */
  aim(audienceId: string): Readonly<Record<string, string>>;
}

const audienceChars = 24;
const keyChars = 36;
/** No two calls of a whole run may share a key, also not from two processes. */
const runName = `${process.pid.toString(36)}${Date.now().toString(36)}`;
let nextKey = 0;

/** What stands for the key and for an audience in a body until it is aimed. */
const keySlot = 'k'.repeat(keyChars);
const audienceSlot = 'a'.repeat(audienceChars);

function memberTexts(
  names: { readonly id: string; readonly email: string; readonly phone: string },
  seed: string,
  first: number,
  count: number,
): string[] {
  const hex = digestsOf(seed, first, count).toString('hex');
  return Array.from({ length: count }, (_, i) => {
    const at = i * 2 * bytesPerMember;
    const email = hex.slice(at, at + bytesPerMember);
    const phone = hex.slice(at + bytesPerMember, at + 2 * bytesPerMember);
    const phoneField = (first + i) % 2 === 0 ? `,"${names.phone}":"${phone}"` : '';
    return `{"${names.id}":"${externalIdOf(first + i)}","${names.email}":"${email}"${phoneField}}`;
  });
}

function argumentsText(accountId: string, members: readonly string[]): string {
  const account = `"adcp_major_version":3,"account":{"account_id":"${accountId}"}`;
  const audience = `{"audience_id":"${audienceSlot}","add":[${members.join(',')}]}`;
  return `{${account},"idempotency_key":"${keySlot}","audiences":[${audience}]}`;
}

/** Members that REST takes in one array. */
const restArrayMax = 10_000;

/** The first array is the audience's own; the rest goes to others beside it, as that API asks of long lists. */
function restText(members: readonly string[]): string {
  const count = Math.ceil(members.length / restArrayMax);
  const audiences = Array.from({ length: count }, (_, i) => {
    const add = members.slice(i * restArrayMax, (i + 1) * restArrayMax);
    const name = i === 0 ? audienceSlot : `${audienceSlot}-${i}`;
    return `{"audienceId":"${name}","add":[${add.join(',')}]}`;
  });
  return `{"audiences":[${audiences.join(',')}]}`;
}

const adcpNames = { id: 'external_id', email: 'hashed_email', phone: 'hashed_phone' } as const;
const restNames = { id: 'externalId', email: 'hashedEmail', phone: 'hashedPhone' } as const;

function textOf(door: BenchDoor, accountId: string, members: readonly string[]): string {
  const args = argumentsText(accountId, door === 'REST' ? [] : members);
  const rpc = (method: string, params: string): string =>
    `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`;
  const call = `{"skill":"sync_audiences","input":${args}}`;
  switch (door) {
    case 'MCP':
      return rpc('tools/call', `{"name":"sync_audiences","arguments":${args}}`);
    case 'A2A 1.0':
      return rpc(
        'SendMessage',
        `{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":${call}}]}}`,
      );
    case 'A2A 0.3': {
      const part = `{"kind":"data","data":${call}}`;
      return rpc(
        'message/send',
        `{"message":{"kind":"message","messageId":"m","role":"user","parts":[${part}]}}`,
      );
    }
    case 'REST':
      return restText(members);
  }
}

function placesOf(bytes: Buffer, slot: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(slot); at >= 0; at = bytes.indexOf(slot, at + slot.length)) places.push(at);
  return places;
}

/** Every second member has a phone, every member an e-mail address: 15 MB for 100,000. */
export function syncBody({ accountId, ranges, seed, door = 'MCP' }: BodyOptions): SyncBody {
  const names = door === 'REST' ? restNames : adcpNames;
  const members = ranges.flatMap(({ first, count }) => memberTexts(names, seed, first, count));
  const bytes = Buffer.from(textOf(door, accountId, members));
  const keyPlaces = placesOf(bytes, keySlot);
  const audiencePlaces = placesOf(bytes, audienceSlot);
  return {
    bytes,
    count: members.length,
    door,
    aim(audienceId) {
      const key = `${runName}-${nextKey++}-`.padEnd(keyChars, 'x');
      for (const at of keyPlaces) bytes.write(key, at, 'latin1');
      for (const at of audiencePlaces) bytes.write(paddedAudience(audienceId), at, 'latin1');
      return { ...doorHeaders[door], ...(door === 'REST' ? { 'idempotency-key': key } : {}) };
    },
  };
}

/** The audience id as it stands in the body. */
export const paddedAudience = (audienceId: string): string => audienceId.padEnd(audienceChars, '_');
