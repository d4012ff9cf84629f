/** Which transactions leave a record in the audit log, and what it says. The record commits with what it describes, or not at all. */
import type { JsonObject } from '../engine/types.ts';
import { appendAudit } from '../service/audit/audit-scripts.ts';
import type { AuditEvent, AuditKind, HashRecord } from '../service/audit/chain.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry } from '../store/store.ts';
import type { Script } from '../store/script.ts';
import type { PlainScripts } from './scripts.ts';

type Row<K extends keyof PlainScripts> = (
  input: ScriptInput<PlainScripts, K>,
  output: ScriptOutput<PlainScripts, K>,
) => readonly AuditEvent[];
export type AuditTable = { readonly [K in keyof PlainScripts]?: Row<K> };

const operator = 'operator';
const caller = (principalNo: number): string => `caller ${principalNo}`;
const event = (at: number, kind: AuditKind, actor: string, facts: JsonObject): readonly AuditEvent[] => [
  { at, kind, actor, facts },
];

/** Facts are named one by one: what is not written here is in no record. */
export const auditTable: AuditTable = {
  createKey: ({ nowMs }, { keyId, accounts, scopes, allowFrom, expiresAtMs }) =>
    event(nowMs, 'key_created', operator, {
      key_id: keyId,
      accounts: [...accounts],
      scopes: [...scopes],
      allow_from: [...allowFrom],
      expires_at: expiresAtMs,
    }),
  rotateKey: ({ nowMs, keyId, endsAtMs }, view) =>
    event(nowMs, 'key_rotated', operator, { key_id: keyId, new_key_id: view.keyId, ends_at: endsAtMs }),
  revokeKey: ({ nowMs, keyId }) => event(nowMs, 'key_revoked', operator, { key_id: keyId }),
  createAccount: ({ nowMs }, { accountId, sandbox }) =>
    event(nowMs, 'account_created', operator, { account_id: accountId, sandbox }),
  declareAccount: ({ nowMs, principalNo }, { accountId, sandbox }) =>
    event(nowMs, 'account_created', caller(principalNo), { account_id: accountId, sandbox }),
  updateAccount: ({ nowMs }, { accountId, status }) =>
    event(nowMs, 'account_changed', operator, { account_id: accountId, status }),
  syncAccounts: ({ nowMs, principalNo, accounts, dryRun }, { kind }) =>
    kind === 'answered' && !dryRun
      ? event(nowMs, 'accounts_synced', caller(principalNo), { entries: accounts.length })
      : [],
  acceptSync: (input, output) => {
    const isNew = output.kind === 'answered_early' || output.kind === 'waiting' || output.kind === 'answered';
    if (!isNew || input.audiences === null || ('replayed' in output && output.replayed)) return [];
    const { audiences, accountNo, principalNo, nowMs, digest } = input;
    const sum = (of: (one: (typeof audiences)[number]) => number): number =>
      audiences.reduce((total, one) => total + of(one), 0);
    return event(nowMs, 'sync_accepted', caller(principalNo), {
      account_no: accountNo,
      task_id: input.taskId,
      audiences: audiences.length,
      added: sum((one) => one.addCount),
      removed: sum((one) => one.removeCount),
      deleted: sum((one) => (one.delete ? 1 : 0)),
      delete_missing: input.deleteMissing,
      webhook:
        input.callback?.registration.authentication?.scheme ?? (input.callback === null ? null : 'signed'),
      digest: Buffer.from(digest).toString('base64'),
    });
  },
  createBuy: ({ nowMs, principalNo, accountNo, packages }, { outcome, replayed }) =>
    replayed || outcome.kind === 'input_required'
      ? []
      : event(nowMs, 'buy_created', caller(principalNo), {
          account_no: accountNo,
          ...(outcome.kind === 'done' ? { media_buy_id: outcome.buy.mediaBuyId } : {}),
          packages: packages.length,
        }),
  updateBuy: ({ nowMs, principalNo, accountNo }, { outcome, replayed }) =>
    replayed || outcome.kind !== 'done'
      ? []
      : event(nowMs, 'buy_changed', caller(principalNo), {
          account_no: accountNo,
          media_buy_id: outcome.buy.mediaBuyId,
          revision: outcome.buy.revision,
          status: outcome.buy.status,
        }),
  control: ({ nowMs, principalNo, scenario }, answer) =>
    answer['success'] === true ? event(nowMs, 'test_forced', caller(principalNo), { scenario }) : [],
  settleFolds: ({ accountNo, folds, nowMs }, settled) =>
    folds.flatMap(({ audienceNo, opSeq, reply }, at) =>
      settled[at]?.counted === true && reply.kind === 'folded'
        ? event(nowMs, 'counts_published', 'system', {
            ...{ account_no: accountNo, audience_no: audienceNo, operation: opSeq },
            ...{ members: reply.counts.memberCount, matched: reply.counts.matchedCount },
          })
        : [],
    ),
  suspendNamed: ({ nowMs, accountId, code }, isNew) =>
    isNew ? event(nowMs, 'audience_suspended', operator, { account_id: accountId, code }) : [],
  resumeNamed: ({ nowMs, accountId }, isChanged) =>
    isChanged ? event(nowMs, 'audience_resumed', operator, { account_id: accountId }) : [],
  countFailure: ({ accountNo, audienceNo, opSeq, nowMs }, verdict) =>
    verdict.kind === 'over' && verdict.parkedCount > 0
      ? event(nowMs, 'operation_parked', 'system', {
          ...{ account_no: accountNo, audience_no: audienceNo, operation: opSeq },
          ...{ parked: verdict.parkedCount, tasks_ended: verdict.ended.length },
        })
      : [],
  unpark: ({ nowMs, accountNo, audienceNo }, count) =>
    count === 0
      ? []
      : event(nowMs, 'operations_retried', operator, {
          account_no: accountNo,
          audience_no: audienceNo,
          count,
        }),
  settleRematch: ({ accountNo, audienceNo, reply, nowMs }, isCounted) =>
    isCounted
      ? event(nowMs, 'counts_published', 'system', {
          ...{ account_no: accountNo, audience_no: audienceNo, operation: reply.countedSeq },
          ...{ members: reply.counts.memberCount, matched: reply.counts.matchedCount },
        })
      : [],
  flipGraph: ({ state }) =>
    event(state.updatedAt, 'graph_applied', operator, { version: state.version, users: state.personCount }),
  switchForwarding: ({ nowMs, on, accountId, principalNo }) =>
    event(nowMs, 'forwarding_switched', principalNo === null ? operator : caller(principalNo), {
      account_id: accountId,
      on,
    }),
  addSalesAgent: ({ nowMs, accountId, principalNo }, { agentId }) =>
    event(nowMs, 'seller_added', principalNo === null ? operator : caller(principalNo), {
      account_id: accountId,
      agent_id: agentId,
    }),
  removeSalesAgent: ({ nowMs, accountId, principalNo, agentId }) =>
    event(nowMs, 'seller_removed', principalNo === null ? operator : caller(principalNo), {
      account_id: accountId,
      agent_id: agentId,
    }),
  addSigner: ({ nowMs }, { signerId, keyids, proof }) =>
    event(nowMs, 'signer_added', operator, { signer_id: signerId, keyids: [...keyids], proof }),
  removeSigner: ({ nowMs, signerId }) => event(nowMs, 'signer_removed', operator, { signer_id: signerId }),
  revokeKeyid: ({ nowMs, keyid }) => event(nowMs, 'signer_key_revoked', operator, { keyid }),
  rotateSigningKey: ({ nowMs, key, revokes }) =>
    event(nowMs, 'signing_key_rotated', operator, { kid: key.kid, revokes }),
  replayDeliveries: ({ nowMs, deliveryNo, endpointNo }, count) =>
    count === 0
      ? []
      : event(nowMs, 'webhook_replayed', operator, { delivery: deliveryNo, endpoint: endpointNo, count }),
  enableEndpoint: ({ nowMs, endpointNo }) =>
    event(nowMs, 'webhook_enabled', operator, { endpoint: endpointNo }),
};

/** The scripts, each followed by its records in the same transaction. */
export function audited<R extends ScriptRegistry>(scripts: R, hash: HashRecord): R {
  const table = auditTable as Readonly<
    Record<string, ((input: never, output: never) => readonly AuditEvent[]) | undefined>
  >;
  const wrapped = Object.entries(scripts).map(([name, script]) => {
    const row = table[name];
    if (row === undefined) return [name, script] as const;
    return [
      name,
      function* (input: never): Script<unknown> {
        const output = yield* script(input);
        for (const one of row(input, output as never)) yield* appendAudit(hash, one);
        return output;
      },
    ] as const;
  });
  return Object.fromEntries(wrapped) as unknown as R;
}
