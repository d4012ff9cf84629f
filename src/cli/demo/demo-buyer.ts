/** The buyer's half of the demo: a CRM file is hashed here and sent through the official AdCP client. */
import { randomUUID } from 'node:crypto';

import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import { preparePeople, type PrepareReport } from '../../client/prepare/prepare-people.ts';
import { CommandFault } from '../exit-codes.ts';
import { demoAccountId } from './demo-seller.ts';

export const demoAudienceId = 'spring_customers';

export interface Member {
  readonly external_id: string;
  hashed_email?: string;
  hashed_phone?: string;
}

/** Hashes a CRM file into the members of a call. Clear text stays in this process. */
export async function prepareMembers(
  file: string,
): Promise<{ readonly members: readonly Member[]; readonly report: PrepareReport }> {
  const byId = new Map<string, Member>();
  const report = await preparePeople({ file, idRequired: true }, async (batch) => {
    const ids = Buffer.from(
      batch.externalIdBytes.buffer,
      batch.externalIdBytes.byteOffset,
      batch.externalIdBytes.length,
    );
    const digests = Buffer.from(
      batch.identifierDigest.buffer,
      batch.identifierDigest.byteOffset,
      batch.identifierDigest.length,
    );
    for (let row = 0; row < batch.rowCount; row++) {
      const id = ids.toString('utf8', batch.externalIdStart[row], batch.externalIdStart[row + 1]);
      const member: Member = { external_id: id };
      for (let i = batch.identifierStart[row]!; i < batch.identifierStart[row + 1]!; i++) {
        const hash = digests.toString('hex', i * 32, i * 32 + 32);
        const type = identifierTypeOfCode(batch.identifierType[i]!);
        if (type === 'hashed_email') member.hashed_email ??= hash;
        else if (type === 'hashed_phone') member.hashed_phone ??= hash;
      }
      byId.set(id, member);
    }
  });
  return { members: [...byId.values()], report };
}

export interface AudienceReport {
  readonly audience_id: string;
  readonly action: string;
  readonly status?: string;
  readonly total_uploaded_count?: number;
  readonly matched_count?: number;
  readonly effective_match_rate?: number;
  readonly match_breakdown?: readonly {
    readonly id_type: string;
    readonly submitted: number;
    readonly matched: number;
  }[];
}

/** One `sync_audiences` call as any buyer's agent would make it; then discovery until matching is done. */
export async function sendMembers(
  url: string,
  key: string,
  members: readonly Member[],
): Promise<AudienceReport> {
  // The client's own chatter about its configuration is not part of the demo.
  process.env['ADCP_LOG_LEVEL'] ??= 'error';
  const { ADCPMultiAgentClient } = await import('@adcp/sdk');
  const agent = {
    id: 'seller',
    name: 'Seller',
    agent_uri: `${url}/mcp`,
    protocol: 'mcp' as const,
    auth_token: key,
  };
  const client = new ADCPMultiAgentClient([agent]).agent('seller');
  const account = { account_id: demoAccountId };
  const audience = { audience_id: demoAudienceId, name: 'Spring customers', add: members };
  const first = await client.syncAudiences({
    account,
    audiences: [audience],
    idempotency_key: randomUUID(),
  } as never);
  for (let answer = first; ;) {
    const found = reportOf(answer);
    if (found.status !== 'processing') return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
    answer = await client.syncAudiences({ account, idempotency_key: randomUUID() } as never);
  }
}

function reportOf(answer: {
  readonly success: boolean;
  readonly error?: unknown;
  readonly data?: unknown;
}): AudienceReport {
  const { audiences = [] } = (answer.data ?? {}) as { readonly audiences?: readonly AudienceReport[] };
  const found = audiences.find(({ audience_id: id }) => id === demoAudienceId);
  if (answer.success && found !== undefined) return found;
  const reason = typeof answer.error === 'string' ? answer.error : 'no such audience in the answer';
  throw new CommandFault('failure', `The official client reports a failure: ${reason}`);
}
