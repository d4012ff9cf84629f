import { assert } from './assert.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Every bound of the program, in one place. Units come last in a name.
 * The relations between bounds are asserted when this file is loaded.
 */
export const limits = {
  /** Members (add + remove, all audiences) in one call. Source: AdCP sync_audiences, "Size limit". */
  memberCountPerCallMax: 100_000,
  /** Members in one `add` or `remove` of a REST body. Source: Scope3 REST, sync audiences. */
  restMemberCountPerArrayMax: 10_000,
  /** Audiences named in one call, and audiences kept per account. */
  audienceCountPerCallMax: 1_000,
  audienceCountPerAccountMax: 10_000,
  /** Body after decompression, and on the wire when compressed. */
  requestBytesMax: 64 * MiB,
  requestWireBytesMax: 64 * MiB,
  /** A gzip body may not inflate beyond this ratio once it has inflated past the grace size. */
  inflateRatioMax: 20,
  inflateGraceBytes: 1 * MiB,
  /** Bytes of all bodies held in memory at once; more are answered 503. */
  inFlightBytesMax: 512 * MiB,
  jsonDepthMax: 32,
  jsonKeysPerObjectMax: 256,
  /** Elements of an ordinary array; member arrays are bounded by memberCountPerCallMax. */
  jsonElementsPerArrayMax: 10_000,
  jsonStringBytesMax: 64 * KiB,
  /** What is left of a request when its member arrays are taken out. */
  skeletonBytesMax: 4 * MiB,
  externalIdBytesMax: 512,
  uidValueBytesMax: 1 * KiB,
  uidCountPerMemberMax: 32,
  audienceIdCharsMax: 255,
  audienceNameCharsMax: 256,
  audienceDescriptionCharsMax: 2_000,
  tagCharsMax: 64,
  tagCountMax: 50,
  /** `context` and `ext` are echoed or ignored, never interpreted. */
  contextBytesMax: 16 * KiB,
  /** An id that a transport's caller chooses and gets back: A2A's message and context ids. */
  protocolIdCharsMax: 1_024,
  requestKeyCharsMin: 16,
  requestKeyCharsMax: 255,
  /** Networks that one API key may be bound to. */
  keyNetworkCountMax: 32,
  /** Fault paths shown per kind, and rejected members shown per audience. */
  faultPathCountMax: 5,
  rejectedSampleCountMax: 20,
  /** Rows in one stored piece of a merged member block. */
  blockPieceRowCountMax: 65_536,
  /** Bytes of blocks written or erased in one transaction when they need not be: others wait for it. */
  blockBytesPerWriteMax: 4 * 1024 * 1024,
  /** Folds settled in one transaction: enough to share its work, few enough to leave the writer to others soon. */
  settledFoldCountPerWriteMax: 64,
  /** Bytes in one stored piece of the identity graph. */
  graphPieceBytesMax: 8 * MiB,
  /** Entries of the graph: two directories of 32-bit offsets address them. */
  graphEntryCountMax: 2 ** 31 - 1,
  /**
   * Entries of a recipe index, 14 bytes each and a directory of 4 MiB: 63 MiB. Source: docs/internals/forensics.md.
   */
  recipeEntryCountMax: 4_400_000,
  /** Bytes of the index's file that are believed. */
  recipeFileBytesMax: 64 * MiB + 64,
  /** Sampled identifiers of a list, below which nothing is said of a share. */
  sampledIdentifierCountMin: 50,
  /** The lowest minimum audience size outside sandbox. Contract: published numbers. */
  minimumAudienceSizeFloor: 100,
  /** Other sellers that an account may push to, and audiences on their way to one of them. */
  salesAgentCountPerAccountMax: 100,
  syndicationCountPerAccountMax: 10_000,
  /** Members in one outgoing call: at first, and where halving ends. */
  pushedMemberCountMax: 10_000,
  pushedMemberCountMin: 100,
  /** Pushes under way at once, each to another seller and each with an audience in memory. */
  pushCountMax: 4,
  /** Attempts at one call without an answer that gets further, a day and a half of them, before a push has failed. */
  pushAttemptCountMax: 200,
  pushRetryMsMin: 250,
  pushRetryMsMax: 600_000,
  pushCallMsMax: 120_000,
  /** A push that has sent for so long lets others have a turn. */
  pushTurnMs: 60_000,
  /** How long another seller's counts are waited for. */
  pushPollMsMin: 200,
  pushPollMsMax: 5_000,
  pushPollTotalMs: 600_000,
  /** Bytes of one audience's members that are merged in memory in order to be forwarded. */
  forwardedBytesPerAudienceMax: 512 * MiB,
  /** Kept operations of an audience beyond which they are merged, and beyond which nobody who lags is waited for. */
  forwardOperationCountMerged: 32,
  forwardOperationCountMax: 1_024,
  /** A caller's address for notifications, and what it registers with it. Source: AdCP `core/push-notification-config.json`. */
  webhookUrlCharsMax: 2_048,
  webhookTokenCharsMax: 4_096,
  webhookCredentialCharsMin: 32,
  webhookCredentialCharsMax: 1_024,
  /** A notification of AdCP, of which receivers need to read no more; and one of REST, whose receivers read 10 kB. */
  webhookBodyBytesMax: 1_000_000,
  restCallbackBytesMax: 9_500,
  /** Signatures of one key that may be good at once. Source: AdCP request signing, step 9a. */
  signatureNonceCountMax: 1_000_000,
  /** Nothing is delivered later than this after its outcome. AdCP allows one to seven days. */
  webhookHorizonMs: 84 * 3_600_000,
  /** Attempts under way at once: in all, to one endpoint, to endpoints that may not answer, and to those of one caller. */
  webhookAttemptCountMax: 64,
  webhookAttemptCountPerEndpointMax: 4,
  webhookAttemptCountUnprovenMax: 40,
  webhookAttemptCountUnprovenPerCallerMax: 8,
  /** Time for a connection and for a whole attempt, and what is read of an answer that nobody needs. */
  webhookConnectMsMax: 5_000,
  webhookAttemptMsMax: 15_000,
  webhookAnswerBytesMax: 64 * KiB,
  /** Deliveries shown by one command, or sent again by one transaction. */
  listedDeliveryCountMax: 1_000,
  /** One call of an ad server: its bytes, users asked about, packages named for each of them, identifiers of a user. */
  decisionBytesMax: 4 * MiB,
  decisionCountPerCallMax: 1_000,
  decisionPackageCountMax: 1_000,
  /** Entries of one report of impressions, and impressions of one entry. */
  impressionReportCountMax: 10_000,
  impressionCountMax: 1_000_000_000,
  /** Media buys of one caller on one account, packages of one buy, and audiences on one side of one overlay. */
  buyCountPerCallerMax: 10_000,
  packageCountPerBuyMax: 200,
  audienceCountPerOverlayMax: 200,
  /** Budget of a package, in units of its currency: a thousand times it is still a whole number of millionths. */
  budgetMax: 1_000_000_000,
  /** A start that is over by less is taken for now. */
  buyStartLateMsMax: 60_000,
  /** What of a package or a buy is kept as it was said. */
  buyWordsBytesMax: 32 * KiB,
  /** Media buys in one delivery report. */
  reportedBuyCountMax: 1_000,
  /** Products of a seller, and those that a caller's tests add. */
  productCountMax: 1_000,
  seededProductCountMax: 200,
  seededPriceCountMax: 100,
  /** What a verification tells of what is wrong, and audiences in one page of what it looked at. */
  verifyProblemCountMax: 1_000,
  verifiedAudienceCountMax: 1_000,
  headerBytesMax: 16 * KiB,
  headerTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveMs: 65_000,
} as const;

assert(
  limits.jsonStringBytesMax >= limits.uidValueBytesMax &&
    limits.jsonStringBytesMax >= limits.externalIdBytesMax,
  () => 'a string that a member may hold must be a legal string',
);
assert(
  limits.memberCountPerCallMax * 300 <= limits.requestBytesMax,
  () => 'a full call with e-mail, phone and one uid per member must fit one request',
);
