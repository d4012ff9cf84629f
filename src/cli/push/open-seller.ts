/** A seller that speaks AdCP, by its official client: any seller, not only this one. */
import { field } from '../../client/webhooks/capabilities-of.ts';
import type { RemoteAudience, SellerLink } from '../../service/syndication/seller-link.ts';
import type { PushTarget } from '../../service/syndication/syndication-scripts.ts';
import { createGuardedFetch, withTrace, type OutgoingTrace } from '../../server/syndication/guarded-fetch.ts';
import { createSdkLink, newClient } from '../../server/syndication/sdk-link.ts';
import { silenceConsole } from '../../server/threads/outside-port.ts';
import { CommandFault } from '../exit-codes.ts';

/** What a seller says of itself; null: it does not say. */
export interface SellerFacts {
  /** Types of identifier and of universal id together. */
  readonly identifierTypes: readonly string[] | null;
  readonly minimumSize: number | null;
}

export interface OpenSeller {
  readonly link: SellerLink;
  readonly target: PushTarget;
  facts(): Promise<SellerFacts>;
  /** How the audience stands there; null: there is none. Throws a CommandFault. */
  look(audienceId: string, requestKey: string): Promise<RemoteAudience | null>;
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

async function readFacts(target: PushTarget): Promise<SellerFacts> {
  const trace: OutgoingTrace = {
    origin: new URL(target.url).origin,
    callMsMax: factsMsMax,
    ...{ status: null, retryAfterMs: null, refusal: null },
  };
  const result = await withTrace(trace, async () => {
    try {
      const { client } = await newClient(target);
      return await client.executeTask('get_adcp_capabilities', {});
    } catch {
      return null;
    }
  });
  if (result?.success === true) return factsOf(result.data);
  const { status, refusal } = trace;
  if (refusal !== null) throw faultOf(false, refusal, target);
  if (status === 401 || status === 403)
    throw faultOf(false, `The seller does not accept the credential (HTTP ${status}).`, target);
  if (status === null) throw faultOf(true, 'The seller does not answer.', target);
  // An older agent without capabilities is still a seller.
  return { identifierTypes: null, minimumSize: null };
}

function factsOf(data: unknown): SellerFacts {
  const audiences = field(field(data, 'media_buy'), 'audience_targeting');
  const types = field(audiences, 'supported_identifier_types');
  const uidTypes = field(audiences, 'supported_uid_types');
  const size = field(audiences, 'minimum_audience_size');
  const words = [types, uidTypes].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const names = words.filter((word) => typeof word === 'string');
  return {
    identifierTypes: names.length === 0 ? null : names,
    minimumSize: typeof size === 'number' ? size : null,
  };
}
