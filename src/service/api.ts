/**
 * What the service offers to every protocol. Shapes here are ours: a codec per protocol generation
 * translates them to words on the wire.
 */
import type {
  AccountId,
  AccountNo,
  AudienceId,
  GraphVersion,
  PrincipalId,
  RequestKey,
  TaskId,
} from '../base/brand.ts';
import type { FaultCode } from '../base/faults.ts';
import type { IdentifierType, ReportType } from '../base/identifier-types.ts';
import type { Scope } from './scopes.ts';
import type { Proof } from './signers/api.ts';
import type { JsonObject, MemberFaultGroup, MemberFaultKind } from '../engine/types.ts';

/** The authenticated caller. */
export interface Principal {
  readonly principalId: PrincipalId;
  readonly principalNo: number;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** What this caller must show of itself. */
  readonly proof: Proof;
}

/** What a caller may send to name an account (AdCP `core/account-ref.json`). */
export type AccountReference =
  | { readonly kind: 'id'; readonly accountId: string }
  | {
      readonly kind: 'natural';
      readonly brandDomain: string;
      readonly brandId: string | null;
      readonly operator: string;
      readonly sandbox: boolean;
    };

export type AccountStatus =
  'active' | 'pending_approval' | 'rejected' | 'payment_required' | 'suspended' | 'closed';

export interface Account {
  readonly accountNo: AccountNo;
  readonly accountId: AccountId;
  readonly name: string;
  readonly brandDomain: string;
  readonly brandId: string | null;
  readonly operator: string;
  readonly sandbox: boolean;
  readonly status: AccountStatus;
  readonly billing: 'operator' | 'agent' | 'advertiser';
  readonly createdAtMs: number;
}

export type AudienceType = 'crm' | 'suppression' | 'lookalike_seed';
export type ConsentBasis = 'consent' | 'legitimate_interest' | 'contract' | 'legal_obligation';
export type AudienceStatus = 'processing' | 'ready' | 'too_small' | 'suspended';
export type SyncAction = 'created' | 'updated' | 'unchanged' | 'deleted' | 'failed';

/**
 * How old the caller's words are. `legacy` is the generation of the first reference page (no version, no
 * idempotency key): its samples omit external ids, which are then derived.
 */
export type Generation = 'legacy' | '3.0' | '3.1';

/** One entry of `audiences`, its members already taken to tokens by the ingest thread. */
export interface AudienceRequest {
  readonly audienceId: AudienceId;
  readonly name?: string;
  readonly description?: string;
  readonly audienceType?: AudienceType;
  readonly tags?: readonly string[];
  readonly consentBasis?: ConsentBasis;
  readonly delete: boolean;
  /** Good `add` entries before any dropping of doubles: `uploaded_count`. */
  readonly addCount: number;
  readonly removeCount: number;
  readonly hasAdd: boolean;
  readonly hasRemove: boolean;
  /** Bad members by side, or none. */
  readonly addFaults: readonly MemberFaultGroup[];
  readonly removeFaults: readonly MemberFaultGroup[];
  readonly rejected: readonly RejectedMember[];
  readonly rejectedCount: number;
  /** Encoded AudienceOperation over shared memory; absent when there is nothing to apply. */
  readonly operation?: Uint8Array;
  /** The same as an encoded ForwardOperation; only while some account forwards, and kept only for those that do. */
  readonly forward?: Uint8Array;
}
export interface RejectedMember {
  readonly side: 'add' | 'remove';
  readonly index: number;
  readonly externalId: string | null;
  readonly reason: MemberFaultKind;
}

/** A caller's own address for the outcome of a call, checked for shape. Source: AdCP `core/push-notification-config.json`. */
export interface CallbackRequest {
  /** The words of the notification: AdCP's, or the small ones of the REST door. */
  readonly shape: 'adcp' | 'rest';
  readonly url: string;
  /** Null: callers of before 3.1 may have none. */
  readonly operationId: string | null;
  /** Sent back in every notification. */
  readonly token: string | null;
  /** The older ways to show that it is us; null: a signature by RFC 9421. */
  readonly authentication: {
    readonly scheme: 'Bearer' | 'HMAC-SHA256';
    readonly credentials: string;
  } | null;
}

export interface SyncCall {
  readonly caller: Principal;
  readonly generation: Generation;
  readonly account: AccountReference;
  /** Absent only for callers of the legacy generation. */
  readonly requestKey: RequestKey | null;
  /** Canonical digest of the request without the fields that AdCP excludes from equivalence. */
  readonly requestDigest: Uint8Array;
  /** Null: discovery. */
  readonly audiences: readonly AudienceRequest[] | null;
  readonly deleteMissing: boolean;
  readonly invalidMembers: 'fail' | 'skip';
  /** Where to send the outcome when the answer is not it. */
  readonly callback: CallbackRequest | null;
  /** True: the answer is the task, as soon as the call is durable; matching is never waited for. */
  readonly wantsTask?: boolean;
  readonly context: JsonObject | undefined;
  /** The protocol's body for an outcome; stored for replay. Envelope fields (context, timestamp, replayed) are added outside. */
  readonly encode: (outcome: SyncOutcome) => JsonObject;
}

export interface MatchReport {
  readonly totalUploadedCount: number;
  readonly matchedCount: number;
  readonly rows: readonly {
    readonly type: ReportType;
    readonly submitted: number;
    readonly matched: number;
  }[];
}

export interface ItemFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly field?: string;
  readonly suggestion?: string;
  readonly details?: JsonObject;
}

export interface AudienceResult {
  readonly audienceId: AudienceId;
  readonly sellerId: string | null;
  readonly action: SyncAction;
  /** Absent with deleted and failed. */
  readonly status?: AudienceStatus;
  readonly name?: string;
  readonly description?: string;
  readonly audienceType?: AudienceType;
  readonly tags?: readonly string[];
  readonly uploadedCount: number;
  readonly totalUploadedCount?: number;
  /** Only with ready. */
  readonly report?: MatchReport;
  /** Only with too_small. */
  readonly minimumSize?: number;
  readonly lastSyncedAtMs?: number;
  readonly suspendedReason?: string;
  readonly errors?: readonly ItemFault[];
  readonly rejected?: {
    readonly total: number;
    readonly byReason: Readonly<Partial<Record<MemberFaultKind, number>>>;
    readonly sample: readonly RejectedMember[];
  };
}

/** What a sync came to. `processing` results are final answers for the call whose matching goes on. */
export type SyncOutcome =
  | { readonly kind: 'answered'; readonly sandbox: boolean; readonly audiences: readonly AudienceResult[] }
  | { readonly kind: 'submitted'; readonly taskId: TaskId };

export interface SyncAnswer {
  /** What `encode` gave, now or at the first call with this key. */
  readonly body: JsonObject;
  readonly replayed: boolean;
  readonly taskId: TaskId | null;
  /** When it is worth asking again; null: nothing of the answer will change by itself. */
  readonly retryAfterSeconds: number | null;
}

export type TaskStatus = 'submitted' | 'working' | 'completed' | 'failed';
export type TaskType = 'sync_audiences' | 'sync_accounts' | 'create_media_buy';

export interface TaskView {
  readonly taskId: TaskId;
  readonly taskType: TaskType;
  readonly status: TaskStatus;
  readonly generation: Generation;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly completedAtMs: number | null;
  readonly hasWebhook: boolean;
  readonly context: JsonObject | undefined;
  /** The audiences that the call named, in its order; results of its outcome come in the same order, before any other. */
  readonly audienceIds?: readonly string[];
  /** Audiences settled of audiences in the call. */
  readonly progress: { readonly done: number; readonly total: number };
  /** Members matched of members in the call, added and removed ones. */
  readonly members: { readonly done: number; readonly total: number };
  /** Present when it has ended. */
  readonly outcome?: SyncOutcome;
  /** Present when a task that is no sync has ended: the body that its call would have had. */
  readonly body?: JsonObject;
  /** Present when it failed. */
  readonly error?: ItemFault;
  /** Present while a sync is open. */
  readonly forecast?: TaskForecast;
}

/** What is known of the end of a task that is open. */
export interface TaskForecast {
  /** When the run begins that takes it up; null: matching is under way. */
  readonly nextRunAtMs: number | null;
  /** When it will have ended, at the speed of late; null: not known. */
  readonly expectedAtMs: number | null;
  /** When it is worth asking again. */
  readonly retryAfterSeconds: number;
}

export interface TaskFilter {
  readonly account?: AccountReference;
  readonly statuses?: readonly string[];
  readonly taskTypes?: readonly string[];
  readonly protocols?: readonly string[];
  readonly taskIds?: readonly string[];
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
  readonly updatedAfterMs?: number;
  readonly updatedBeforeMs?: number;
  readonly contextContains?: string;
  readonly hasWebhook?: boolean;
}
export interface TaskQuery {
  readonly filter: TaskFilter;
  readonly sortField: 'created_at' | 'updated_at' | 'status' | 'task_type' | 'protocol';
  readonly sortDirection: 'asc' | 'desc';
  /** 1..100 */
  readonly pageSize: number;
  readonly cursor: string | null;
}
export interface TaskPage {
  readonly tasks: readonly TaskView[];
  readonly totalMatching: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly nextCursor: string | null;
}

export interface AccountQuery {
  readonly account?: AccountReference;
  readonly status?: AccountStatus;
  readonly sandbox?: boolean;
  readonly pageSize: number;
  readonly cursor: string | null;
}
export interface AccountPage {
  readonly accounts: readonly Account[];
  readonly totalCount: number;
  readonly nextCursor: string | null;
}

/** One entry of `sync_accounts`, checked for shape by the codec. */
export interface AccountRequest {
  readonly reference: AccountReference;
  /** `settings` names an existing account and changes nothing but settings. */
  readonly mode: 'provision' | 'settings';
  readonly billing: string | null;
  readonly name?: string;
}
export interface AccountsCall {
  readonly caller: Principal;
  readonly requestKey: RequestKey | null;
  readonly requestDigest: Uint8Array;
  readonly accounts: readonly AccountRequest[];
  readonly deleteMissing: boolean;
  readonly dryRun: boolean;
  readonly context: JsonObject | undefined;
  readonly generation: Generation;
  readonly encode: (outcome: AccountsOutcome) => JsonObject;
}
export interface AccountResult {
  readonly action: 'created' | 'updated' | 'unchanged' | 'failed';
  readonly request: AccountRequest | null;
  readonly account: Account | null;
  readonly errors?: readonly ItemFault[];
}
export interface AccountsOutcome {
  readonly accounts: readonly AccountResult[];
  readonly dryRun: boolean;
}
export interface AccountsAnswer {
  readonly body: JsonObject;
  readonly replayed: boolean;
}

/** What `get_adcp_capabilities` is made of: read from the running server, never typed in. */
export interface CapabilityFacts {
  readonly minimumAudienceSize: number;
  readonly supportedUidTypes: readonly IdentifierType[];
  /** Measured from accepted to matched over the recent past; null before the first match. */
  readonly matchingLatencyHours: { readonly min: number; readonly max: number } | null;
  readonly replayTtlSeconds: number;
  readonly inFlightSecondsMax: number;
  readonly buyerDeclaredAccounts: boolean;
  readonly sandbox: boolean;
  readonly graphVersion: GraphVersion;
  readonly lastChangedAtMs: number;
}

/** The service as protocols see it. Every method refuses with AppError. */
export interface RollcallService {
  /**
   * `bearer` is the credential after the scheme, `address` where it was sent from. AUTH_INVALID for anything but a live key that may be
   * used from there.
   */
  authenticate(bearer: string, address: string): Promise<Principal>;
  syncAudiences(call: SyncCall): Promise<SyncAnswer>;
  listAccounts(caller: Principal, query: AccountQuery): Promise<AccountPage>;
  syncAccounts(call: AccountsCall): Promise<AccountsAnswer>;
  getTask(caller: Principal, taskId: string, account?: AccountReference): Promise<TaskView>;
  listTasks(caller: Principal, query: TaskQuery): Promise<TaskPage>;
  capabilityFacts(): Promise<CapabilityFacts>;
}
