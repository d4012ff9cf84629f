/** Keeps what is kept for forwarding from growing: many small operations become one base. */
import { limits } from '../../base/limits.ts';
import type { ForwardHead, ForwardingRow, StoredForward } from '../../store/forwarding-rows.ts';
import type { ForwardKeys } from './forward-keys.ts';
import { basePieces, keptBytes, mergeUpTo, openForwards, stateAt } from './kept-members.ts';
import type { CompactInput, KeptAudience } from './syndication-scripts.ts';

export interface MergeDeps {
  readonly keys: ForwardKeys;
  readonly accounts: () => readonly { readonly accountNo: number }[];
  readonly key: (accountNo: number) => ForwardingRow | null;
  readonly audiences: (accountNo: number) => readonly KeptAudience[];
  readonly heads: (accountNo: number, audienceNo: number) => readonly ForwardHead[];
  readonly kept: (accountNo: number, audienceNo: number, upTo: number) => readonly StoredForward[];
  readonly write: (input: CompactInput) => Promise<boolean>;
}

/** One after the other; nothing else may read the kept operations meanwhile. */
export async function mergeKept(deps: MergeDeps): Promise<void> {
  for (const { accountNo } of deps.accounts()) {
    const key = deps.key(accountNo);
    if (key === null) continue;
    for (const audience of deps.audiences(accountNo)) await mergeOne(deps, key, audience);
  }
}

async function mergeOne(deps: MergeDeps, key: ForwardingRow, audience: KeptAudience): Promise<void> {
  const { accountNo, keyId } = key;
  const { audienceNo, audienceId } = audience;
  const heads = deps.heads(accountNo, audienceNo);
  const upTo = mergeUpTo(heads, audience);
  if (upTo === null || keptBytes(heads) > limits.forwardedBytesPerAudienceMax) return;
  const opened = openForwards(deps.keys, key, audienceNo, deps.kept(accountNo, audienceNo, upTo));
  const pieces = basePieces(stateAt(opened, upTo));
  await deps.write({ accountNo, audienceNo, audienceId, keyId, upTo, pieces });
}
