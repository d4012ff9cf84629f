import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { CapabilityFacts, Generation } from '../../service/api.ts';
import { ArgumentReader, IssueList } from './argument-reader.ts';
import { isPublic, operationNames } from './operation-names.ts';
import { majorVersion, releases } from './releases.ts';

/** What this build is, as its package says. */
export interface BuildFacts {
  /** Semantic version. */
  readonly version: string;
  /** Parties that may be billed; the accounts part of the service refuses the others. */
  readonly supportedBilling: readonly string[];
  /** Address of the server as callers see it; empty: not known. */
  readonly publicUrl: string;
  /** How signatures of requests are looked at; null: not at all. */
  readonly requestSigning: {
    readonly digestPolicy: 'required' | 'either' | 'forbidden';
    readonly requiredFor: readonly string[];
  } | null;
  /** Scenarios of the test controller; none: it is not served. */
  readonly testScenarios: readonly string[];
}

/** Whose words the answer is in. */
export interface CapabilityWords {
  readonly generation: Generation;
  /** The caller named its release; one that did not may read the answer by 3.0. */
  readonly isNamed: boolean;
}

/** Scenarios that 3.0 has a word for: its list is closed. Source: `protocol/get-adcp-capabilities-response.json` of 3.0. */
const scenarios30: readonly string[] = [
  'force_account_status',
  'force_media_buy_status',
  'simulate_delivery',
  'simulate_budget_spend',
];

function testBlock({ testScenarios }: BuildFacts, { generation, isNamed }: CapabilityWords): JsonObject {
  const isOpen = generation === '3.1' && isNamed;
  const scenarios = testScenarios.filter((one) => isOpen || scenarios30.includes(one));
  return scenarios.length === 0 ? {} : { compliance_testing: { scenarios } };
}

/** Operations of AdCP whose signatures are looked at here: all that somebody must be known for. */
const signable = operationNames.filter((name) => !isPublic(name));

/** Nothing is delivered later than this after its outcome; AdCP 3.2 wants it declared. */
const horizonSeconds = limits.webhookHorizonMs / 1_000;

const protocols = [
  'media_buy',
  'signals',
  'governance',
  'sponsored_intelligence',
  'creative',
  'brand',
  'measurement',
];

/** Identifier types that AdCP's `uid-type` enum of a generation does not know. */
const youngUidTypes: readonly string[] = ['world_id_nullifier'];

/** `uid-type` has hashed_email, but no hashed_phone. Sources: `enums/uid-type.json` of 3.0 and 3.1. */
function uidTypes(facts: CapabilityFacts, generation: Generation): readonly string[] {
  return facts.supportedUidTypes.filter(
    (type) => type !== 'hashed_phone' && (generation === '3.1' || !youngUidTypes.includes(type)),
  );
}

/** Whole hours that enclose what was measured. */
function latencyFields(facts: CapabilityFacts): JsonObject {
  const measured = facts.matchingLatencyHours;
  if (measured === null) return {};
  return { matching_latency_hours: { min: Math.floor(measured.min), max: Math.ceil(measured.max) } };
}

/** The official clients ask for these flags before they send an audience; the second is the older one's name. */
export const mediaBuyFeatures = { audience_targeting: true, audience_management: true } as const;

function mediaBuyBlock(facts: CapabilityFacts, generation: Generation): JsonObject {
  const uids = uidTypes(facts, generation);
  return {
    supported_pricing_models: ['cpm'],
    ...(generation === '3.1'
      ? { buying_modes: ['brief', 'wholesale'], propagation_surfaces: ['snapshot'] }
      : {}),
    features: mediaBuyFeatures,
    audience_targeting: {
      supported_identifier_types: ['hashed_email', 'hashed_phone'],
      supports_platform_customer_id: uids.includes('publisher_first_party'),
      ...(uids.length === 0 ? {} : { supported_uid_types: uids }),
      minimum_audience_size: facts.minimumAudienceSize,
      ...latencyFields(facts),
    },
  };
}

function adcpBlock(facts: CapabilityFacts, build: BuildFacts, generation: Generation): JsonObject {
  const isCurrent = generation === '3.1';
  return {
    major_versions: [majorVersion],
    supported_versions: releases,
    build_version: build.version,
    idempotency: {
      supported: true,
      replay_ttl_seconds: facts.replayTtlSeconds,
      ...(isCurrent ? { in_flight_max_seconds: facts.inFlightSecondsMax } : {}),
    },
  };
}

/** Source: AdCP get_adcp_capabilities, request_signing. What is required must be among what is supported. */
function requestBlock({ digestPolicy, requiredFor }: NonNullable<BuildFacts['requestSigning']>): JsonObject {
  return {
    supported: true,
    covers_content_digest: digestPolicy,
    required_for: requiredFor,
    supported_for: [...new Set([...signable, ...requiredFor])],
  };
}

/**
 * How notifications are signed, and where the keys are. An address that is not https cannot be declared as the root of trust;
 * receivers of a server without one are told of the keys otherwise. Source: AdCP get_adcp_capabilities, webhook_signing, identity.
 */
function signingBlocks({ publicUrl, requestSigning }: BuildFacts, generation: Generation): JsonObject {
  const origin = URL.parse(publicUrl)?.origin;
  const identity =
    origin === undefined
      ? {}
      : {
          identity: {
            ...(generation === '3.1' && publicUrl.startsWith('https:')
              ? { brand_json_url: `${publicUrl}/.well-known/brand.json` }
              : {}),
            key_origins: { webhook_signing: origin },
          },
        };
  return {
    ...(requestSigning === null ? {} : { request_signing: requestBlock(requestSigning) }),
    webhook_signing: {
      supported: true,
      profile: 'adcp/webhook-signing/v1',
      algorithms: ['ed25519'],
      legacy_hmac_fallback: true,
      delivery_retry_horizon_seconds: horizonSeconds,
    },
    ...identity,
  };
}

/** Reads the arguments of get_adcp_capabilities: the protocols whose blocks are wanted, or undefined for all. */
export function readCapabilitiesFilter(args: JsonObject): readonly string[] | undefined {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const wanted = reader.strings('protocols', 1, protocols.length, { charsMax: 64 });
  issues.settle();
  return wanted;
}

/**
 * The body of get_adcp_capabilities, made of what the running server is and has measured. A declaration is a commitment,
 * so what is not offered is absent.
 * AdCP names two more tasks that a full media-buy seller owes (creative formats, performance feedback): callers see in tools/list
 * that they are not here.
 */
export function capabilitiesBody(
  facts: CapabilityFacts,
  build: BuildFacts,
  words: CapabilityWords,
  wanted: readonly string[] | undefined,
): JsonObject {
  const { generation } = words;
  const wantsMediaBuy = wanted === undefined || wanted.includes('media_buy');
  return {
    adcp: adcpBlock(facts, build, generation),
    supported_protocols: ['media_buy'],
    specialisms: ['audience-sync'],
    account: {
      supported_billing: build.supportedBilling,
      require_operator_auth: !facts.buyerDeclaredAccounts,
      account_financials: false,
      sandbox: facts.sandbox,
    },
    ...(wantsMediaBuy ? { media_buy: mediaBuyBlock(facts, generation) } : {}),
    ...signingBlocks(build, generation),
    ...testBlock(build, words),
    last_updated: new Date(facts.lastChangedAtMs).toISOString(),
  };
}
