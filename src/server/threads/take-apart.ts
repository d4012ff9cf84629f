import type { Primitives } from '../../base/primitives.ts';
import { prepareCall } from '../../engine/prepare/prepare-call.ts';
import type { ScanMemory } from '../../engine/scan/scan-memory.ts';
import { scanRequest } from '../../engine/scan/scan.ts';
import type { Tokeniser } from '../../engine/token/tokeniser.ts';
import { memberPolicyOf } from '../../protocol/adcp/call-mode.ts';
import type { Envelope, IngestedCall } from '../../protocol/ingest.ts';

/** Scan, key and pack one body: all that happens to members before the store. Runs in whichever thread has the body; nothing of the answer lies in `memory`. */
export function takeApart(
  body: Uint8Array,
  length: number,
  envelope: Envelope,
  tokeniser: Tokeniser,
  primitives: Primitives,
  memory: ScanMemory,
  /** Some account here forwards its audiences: members are packed a second time, with identifiers. */
  forwards = false,
): IngestedCall {
  const scanned = scanRequest(body, length, primitives, memory, forwards);
  if (!scanned.ok) return scanned;
  const { request } = scanned;
  const policy = memberPolicyOf(request.skeleton, envelope);
  return {
    ok: true,
    skeleton: request.skeleton,
    audiences: request.arrays.length === 0 ? [] : prepareCall(request, policy, tokeniser, primitives),
    membersDigest: request.membersDigest,
  };
}
