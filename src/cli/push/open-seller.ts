/** A seller that speaks AdCP, by its official client: any seller, not only this one. */
import { field } from '../../client/webhooks/capabilities-of.ts';
import type { JsonObject } from '../../engine/types.ts';
import { findError } from '../../protocol/adcp/outbound-sync.ts';
import type { RemoteAudience, SellerLink } from '../../service/syndication/seller-link.ts';
import type { PushTarget } from '../../service/syndication/syndication-scripts.ts';
import { createGuardedFetch, withTrace, type OutgoingTrace } from '../../server/syndication/guarded-fetch.ts';
import type { ClientResult } from '../../server/syndication/read-answer.ts';
import { safeSentence } from '../../server/syndication/safe-sentence.ts';
import { createSdkLink, newClient } from '../../server/syndication/sdk-link.ts';
import { silenceConsole } from '../../server/threads/outside-port.ts';
import { CommandFault } from '../exit-codes.ts';

/** What a seller says of itself; null: it does not say. */
export interface SellerFacts {
  /** Types of identifier and of universal id together. */
  readonly identifierTypes: readonly string[] | null;
  readonly minimumSize: number | null;
  /** Releases of AdCP. */
  readonly releases: readonly string[] | null;
}

export interface OpenSeller {
  readonly link: SellerLink;
  readonly target: PushTarget;
  facts(): Promise<SellerFacts>;
  /** How the audience stands there; null: there is none. Throws a CommandFault. */
  look(audienceId: string, requestKey: string): Promise<RemoteAudience | null>;
  /** Every audience of the account, as the seller tells of them. Throws a CommandFault. */
  list(requestKey: string): Promise<readonly JsonObject[]>;
  /** Deletes an audience. Throws a CommandFault. */
  delete(audienceId: string, requestKey: string): Promise<void>;
}

/** Capabilities are small and come at once, or something is wrong. */
const factsMsMax = 20_000;

export function openSeller(target: PushTarget): OpenSeller {
  // What the client of others says about itself is not for this terminal.
  process.env['ADCP_LOG_LEVEL'] ??= 'error';
  silenceConsole();
  globalThis.fetch = createGuardedFetch(globalThis.fetch);
  const link = createSdkLink();
  return {
    link,
    target,
    facts: async () => readFacts(target),
    async look(audienceId, requestKey) {
      const audience = { audienceId, name: null, audienceType: null, consentBasis: null };
      const answer = await link.send(target, { kind: 'look', requestKey, audience });
      if (answer.kind === 'accepted') return answer.audience;
      throw faultOf(answer.kind === 'again', answer.sentence, target);
    },
    async list(requestKey) {
      const args = { account: { account_id: target.remoteAccountId }, idempotency_key: requestKey };
      const { result, trace } = await perform(target, 'sync_audiences', args);
      const audiences = result?.success === true ? field(result.data, 'audiences') : null;
      if (Array.isArray(audiences)) return audiences as readonly JsonObject[];
      const error = findError({ adcp_error: result?.adcpError }) ?? findError(result?.data);
      if (error === null) throw faultOfTrace(trace, target);
      throw faultOf(error.recovery === 'transient', safeSentence(`${error.code}: ${error.message}`), target);
    },
    async delete(audienceId, requestKey) {
      const audience = { audienceId, name: null, audienceType: null, consentBasis: null };
      const answer = await link.send(target, { kind: 'delete', requestKey, audience });
      if (answer.kind !== 'accepted') throw faultOf(answer.kind === 'again', answer.sentence, target);
    },
  };
}

/** What the seller said, with what to do about it. */
export function faultOf(isTemporary: boolean, sentence: string, { url }: PushTarget): CommandFault {
  if (isTemporary) {
    const fix = 'Run the same command again; it goes on where it stopped.';
    return new CommandFault('temporary', `${sentence} ${fix} (${url})`);
  }
  if (/credential|AUTH_|HTTP 40[13]/.test(sentence))
    return new CommandFault('auth', `${sentence} Check --credential-file or --credential-env.`);
  return new CommandFault(/NOT_FOUND/.test(sentence) ? 'notFound' : 'failure', sentence);
}

interface Performed {
  /** Null: the client threw, and the trace says what came. */
  readonly result: ClientResult | null;
  readonly trace: OutgoingTrace;
}

async function perform(
  target: PushTarget,
  tool: string,
  args: Readonly<Record<string, unknown>>,
): Promise<Performed> {
  const trace: OutgoingTrace = {
    origin: new URL(target.url).origin,
    callMsMax: factsMsMax,
    ...{ status: null, retryAfterMs: null, refusal: null },
  };
  const result = await withTrace(trace, async () => {
    try {
      const { client } = await newClient(target);
      return await client.executeTask(tool, { ...args });
    } catch {
      return null;
    }
  });
  return { result, trace };
}

function faultOfTrace({ status, refusal }: OutgoingTrace, target: PushTarget): CommandFault {
  if (refusal !== null) return faultOf(false, refusal, target);
  if (status === 401 || status === 403)
    return faultOf(false, `The seller does not accept the credential (HTTP ${status}).`, target);
  if (status === null) return faultOf(true, 'The seller does not answer.', target);
  return faultOf(status >= 500, `The seller answers with HTTP ${status} where AdCP was expected.`, target);
}

async function readFacts(target: PushTarget): Promise<SellerFacts> {
  const { result, trace } = await perform(target, 'get_adcp_capabilities', {});
  if (result?.success === true) return factsOf(result.data);
  const { status, refusal } = trace;
  if (refusal !== null || status === null || status === 401 || status === 403)
    throw faultOfTrace(trace, target);
  // An older agent without capabilities is still a seller.
  return { identifierTypes: null, minimumSize: null, releases: null };
}

function factsOf(data: unknown): SellerFacts {
  const audiences = field(field(data, 'media_buy'), 'audience_targeting');
  const types = field(audiences, 'supported_identifier_types');
  const uidTypes = field(audiences, 'supported_uid_types');
  const size = field(audiences, 'minimum_audience_size');
  const words = [types, uidTypes].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const names = words.filter((word) => typeof word === 'string');
  const releases = field(field(data, 'adcp'), 'supported_versions');
  return {
    releases: Array.isArray(releases) ? releases.map(String) : null,
    identifierTypes: names.length === 0 ? null : names,
    minimumSize: typeof size === 'number' ? size : null,
  };
}
