import { assert } from '../../base/assert.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bounds of receiving webhooks. Units come last in a name. */
export const receiveLimits = {
  /** Largest body that is read. Source: AdCP webhooks, receivers may refuse more than 1 MB. */
  bodyBytesMax: 1 * MiB,
  headerBytesMax: 16 * KiB,
  headerTimeoutMs: 10_000,
  /** From the first byte of a request to its last. */
  requestTimeoutMs: 15_000,
  connectionCountMax: 256,
  /** How long a sender is left without an answer by `hang`. */
  hangMsMax: 120_000,
  /** How long requests under way may take when the receiver ends. */
  closeMsMax: 500,
  /** Events whose repetitions are recognised; the oldest are forgotten first. */
  rememberedEventCountMax: 10_000,
  /** A key set, a brand.json or an answer of the seller. */
  fetchedBytesMax: 1 * MiB,
  fetchMsMax: 10_000,
  /** From a brand.json to the one that counts. */
  brandStepCountMax: 3,
  keyCountMax: 100,
  /** An unknown key id is looked up anew at most so often: whoever sends nonsense shall not make us ask the seller. */
  refetchMsMin: 10_000,
  /** The developer's own server has so long to answer. */
  forwardMsMax: 15_000,
  forwardAnswerBytesMax: 64 * KiB,
  /** A file with a secret, a token or keys. */
  fileBytesMax: 1 * MiB,
  /** Characters of what others wrote that are shown in one place, and audiences and key ids that are listed. */
  shownCharsMax: 120,
  shownItemCountMax: 5,
  /** Deliveries after which a run ends, at most. */
  deliveryCountMax: 1_000_000_000,
  /** Spellings of an address that are tried in order to say what was signed. */
  guessCountMax: 64,
  jsonDepthMax: 64,
  /** Seconds that a clock may be off. Source: AdCP security, webhook callbacks and the older HMAC scheme. */
  skewSeconds: 60,
  hmacWindowSeconds: 300,
  signatureWindowSeconds: 300,
  /** The shortest secret that may be registered. Source: AdCP push-notification-config, `credentials`. */
  secretCharsMin: 32,
} as const;

assert(
  receiveLimits.requestTimeoutMs >= receiveLimits.headerTimeoutMs,
  () => 'headers are a part of a request',
);
