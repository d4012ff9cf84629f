/** Speaks to other sellers with AdCP's official client, over MCP or A2A. */
import { limits } from '../../base/limits.ts';
import { outboundArguments } from '../../protocol/adcp/outbound-sync.ts';
import type { OutgoingCall, SellerAnswer, SellerLink } from '../../service/syndication/seller-link.ts';
import type { PushTarget } from '../../service/syndication/syndication-scripts.ts';
import { withTrace, type OutgoingTrace } from './guarded-fetch.ts';
import { readAnswer, withoutWords, type ClientResult } from './read-answer.ts';
import { safeSentence } from './safe-sentence.ts';

export interface Client {
  executeTask(name: string, params: Record<string, unknown>): Promise<ClientResult>;
}

/** The client remembers what it sent; a new one has nothing to remember. */
const callsPerClientMax = 20;
/** An answer lists an account's audiences, not their members. */
const answerBytesMax = 8 * 1024 * 1024;

export interface Kept {
  readonly client: Client;
  readonly url: string;
  readonly credential: string | null;
  callCount: number;
}

export function createSdkLink(): SellerLink {
  const clients = new Map<string, Kept>();

  const clientOf = async (target: PushTarget): Promise<Client> => {
    const known = clients.get(target.agentId);
    const isGood =
      known?.url === target.url &&
      known.credential === target.credential &&
      known.callCount < callsPerClientMax;
    const kept = isGood ? known : await newClient(target);
    kept.callCount += 1;
    clients.delete(target.agentId);
    clients.set(target.agentId, kept);
    for (const id of clients.keys())
      if (clients.size > limits.salesAgentCountPerAccountMax) clients.delete(id);
    return kept.client;
  };

  return {
    send: async (target, call) => {
      const trace: OutgoingTrace = {
        origin: new URL(target.url).origin,
        callMsMax: limits.pushCallMsMax,
        status: null,
        retryAfterMs: null,
        refusal: null,
      };
      const answer = await withTrace(trace, async () => perform(clientOf, target, call, trace));
      if (answer.kind !== 'accepted') clients.delete(target.agentId);
      return answer;
    },
  };
}

async function perform(
  clientOf: (target: PushTarget) => Promise<Client>,
  target: PushTarget,
  call: OutgoingCall,
  trace: OutgoingTrace,
): Promise<SellerAnswer> {
  try {
    const client = await clientOf(target);
    const args = outboundArguments(call, target.remoteAccountId);
    const result = await client.executeTask('sync_audiences', args);
    return readAnswer(call, result, trace, (text) => safeSentence(text, idsOf(call)));
  } catch {
    // What the client throws may hold what it sent; the trace says enough.
    return withoutWords(trace);
  }
}

/** The ids that a refusal could repeat. */
function idsOf(call: OutgoingCall): readonly string[] {
  if (call.kind !== 'members') return [];
  const { delta, chunk } = call;
  const [members, rows] = chunk.side === 'add' ? [delta.after, delta.added] : [delta.before, delta.removed];
  const bytes = Buffer.from(members.externalIdBytes);
  return Array.from(rows.subarray(chunk.from, chunk.to), (row) =>
    bytes.toString('utf8', members.externalIdStart[row], members.externalIdStart[row + 1]),
  );
}

/** Loaded when the first push begins: it takes a second, and most servers never push. */
export async function newClient({ agentId, url, protocol, credential }: PushTarget): Promise<Kept> {
  const { AgentClient } = await import('@adcp/sdk');
  const agent = {
    id: agentId,
    name: agentId,
    agent_uri: url,
    protocol,
    ...(credential === null ? {} : { auth_token: credential }),
  };
  const client = new AgentClient(agent, {
    // Members are in our own words already, and checking ten thousand of them against a schema takes longer than sending them.
    validation: { requests: 'off', responses: 'off' },
    validateFeatures: false,
    transport: { maxResponseBytes: answerBytesMax },
  });
  return { client: client as unknown as Client, url, credential, callCount: 0 };
}
