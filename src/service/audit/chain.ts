/** How records hang together: each is hashed with the hash of the one before, and now and then the last hash is signed. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

import { canonicalJson } from '../../base/jcs.ts';
import type { JsonObject } from '../../engine/types.ts';

/** What happens that is worth a record. */
export type AuditKind =
  | 'account_created'
  | 'account_changed'
  | 'accounts_synced'
  | 'audit_forgotten'
  | 'audience_resumed'
  | 'audience_suspended'
  | 'auth_refused'
  | 'buy_changed'
  | 'buy_created'
  | 'counts_published'
  | 'forwarding_switched'
  | 'graph_applied'
  | 'key_created'
  | 'key_revoked'
  | 'key_rotated'
  | 'operation_parked'
  | 'operations_retried'
  | 'seller_added'
  | 'seller_removed'
  | 'server_started'
  | 'signer_added'
  | 'signer_key_revoked'
  | 'signer_removed'
  | 'signing_key_rotated'
  | 'sync_accepted'
  | 'test_forced'
  | 'webhook_enabled'
  | 'webhook_replayed';

/** One event. Facts are counts, states, digests and ids of the server's own: nothing that a buyer could recognise anybody by. */
export interface AuditEvent {
  readonly at: number;
  readonly kind: AuditKind;
  /** `operator`, `system`, or `caller` with its number. */
  readonly actor: string;
  readonly facts: JsonObject;
}

/** The text of a record, of which the same event always gives the same. */
export function recordOf(event: AuditEvent): string {
  const { at, kind, actor, facts } = event;
  return canonicalJson({ at: new Date(at).toISOString(), kind, actor, facts } as never);
}

/** The hash of a record after one with the hash `before`. */
export type HashRecord = (before: Uint8Array, record: string) => Uint8Array;

export function createHashRecord(key: Uint8Array): HashRecord {
  const secret = createSecretKey(key);
  return (before, record) => createHmac('sha256', secret).update(before).update(record).digest();
}

/** A PKCS #8 Ed25519 key around 32 bytes. Source: RFC 8410, 7. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of checkpoints, which follows from the node's secret: losing the database loses no key. */
export function checkpointKey(seed: Uint8Array): {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
} {
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Head, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** A record by its number, with the hash that stands for it and for all before it. */
export interface ChainPlace {
  readonly seq: number;
  readonly hash: Uint8Array;
}

export interface Checkpoint extends ChainPlace {
  readonly at: number;
  readonly signature: Uint8Array;
}

const signedBytes = ({ seq, at, hash }: Omit<Checkpoint, 'signature'>): Buffer =>
  Buffer.from(`rollcall audit ${seq} ${at} ${Buffer.from(hash).toString('hex')}`);

export function signCheckpoint(place: Omit<Checkpoint, 'signature'>, key: KeyObject): Checkpoint {
  return { ...place, signature: sign(null, signedBytes(place), key) };
}

export function isSigned(checkpoint: Checkpoint, key: KeyObject): boolean {
  return verify(null, signedBytes(checkpoint), key, checkpoint.signature);
}
