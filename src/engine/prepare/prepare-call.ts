import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { encodeOperation } from '../block/encode.ts';
import type { RequestTokens, Tokeniser } from '../token/tokeniser.ts';
import type { MemberArray, MemberPolicy, PreparedAudience, ScannedRequest } from '../types.ts';
import { buildForward } from '../forward/build-forward.ts';
import { encodeForward } from '../forward/encode-forward.ts';
import { buildOperation } from './build-operation.ts';
import { planRows } from './row-plan.ts';
import { judgeSide } from './verdict.ts';

/**
 * Makes of the members of a request what is to be stored, one entry per audience that has member
 * arrays, in the order of the audiences. An operation is encoded over shared memory; there is none when
 * the audience fails (policy `fail` and a bad member) or when no good member is left. The request's
 * tokens cost one call of the cipher: 100,000 members take about 20 ms in all. Columns with the values of uids are those of a
 * request that may be forwarded, and give each operation a second time with identifiers instead of tokens.
 */
export function prepareCall(
  request: ScannedRequest,
  policy: MemberPolicy,
  tokeniser: Tokeniser,
  primitives: Primitives,
): PreparedAudience[] {
  const tokens = tokeniser.tokenise(request.columns, { derivesRow: derivingRows(request, policy) });
  const arraysOf = new Map<number, MemberArray[]>();
  for (const array of request.arrays) {
    const known = arraysOf.get(array.audienceIndex);
    if (known === undefined) arraysOf.set(array.audienceIndex, [array]);
    else known.push(array);
  }
  return [...arraysOf]
    .sort(([a], [b]) => a - b)
    .map(([audienceIndex, arrays]) =>
      prepareAudience(audienceIndex, arrays, request, policy, tokens, primitives),
    );
}

function prepareAudience(
  audienceIndex: number,
  arrays: readonly MemberArray[],
  { columns }: ScannedRequest,
  policy: MemberPolicy,
  tokens: RequestTokens,
  primitives: Primitives,
): PreparedAudience {
  const add = judgeSide(arrays, columns, 'add', policy);
  const remove = judgeSide(arrays, columns, 'remove', policy);
  const rejectedCount = add.badCount + remove.badCount;
  const fails = policy.invalidMembers === 'fail' && rejectedCount > 0;
  const rows = { add: add.goodRows, remove: remove.goodRows };
  const plan = fails ? null : planRows(columns, tokens, rows);
  const operation = plan === null ? null : buildOperation(columns, tokens, rows, plan);
  const forward =
    plan === null || operation === null || columns.uidValueStart === undefined
      ? null
      : buildForward(columns, tokens, rows.remove, plan, primitives);
  return {
    audienceIndex,
    hasAdd: add.isPresent,
    hasRemove: remove.isPresent,
    addCount: add.goodRows.length,
    removeCount: remove.goodRows.length,
    addFaults: add.faults,
    removeFaults: remove.faults,
    badAddCount: add.badCount,
    badRemoveCount: remove.badCount,
    rejectedCount,
    rejected: [...add.rejected, ...remove.rejected].slice(0, limits.rejectedSampleCountMax),
    ...(operation === null ? {} : { operation: encodeOperation(operation, primitives, { shared: true }) }),
    ...(forward === null ? {} : { forward: encodeForward(forward) }),
  };
}

/**
 * Only `add` rows of callers without external ids need a key of their own: a `remove` entry without one
 * works through its identifiers.
 */
function derivingRows(request: ScannedRequest, policy: MemberPolicy): (row: number) => boolean {
  if (!policy.derivesMissingKeys) return () => false;
  const adds = new Uint8Array(request.columns.rowCount);
  for (const { side, firstRow, rowCount } of request.arrays) {
    if (side === 'add') adds.fill(1, firstRow, firstRow + rowCount);
  }
  return (row) => adds[row] === 1;
}
