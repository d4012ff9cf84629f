import type { Primitives } from '../../base/primitives.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type { AdvertiserService } from '../../service/advertiser-api.ts';
import type { Principal, RollcallService } from '../../service/api.ts';
import type { IssueList } from '../adcp/argument-reader.ts';
import type { RefusalOfAddress } from '../adcp/push-config.ts';
import type { RateLimits } from '../../service/rate-limit.ts';
import type { FailureBudget } from '../failure-budget.ts';
import type { SignatureGate } from '../signature-gate.ts';
import type { SyndicationService } from '../../service/syndication/api.ts';
import type { Schema } from './schema.ts';

export interface RestOptions {
  readonly service: RollcallService & AdvertiserService & SyndicationService;
  readonly primitives: Primitives;
  readonly refusalOfAddress: RefusalOfAddress;
  /** Null: signatures of requests are not looked at. */
  readonly signatures: SignatureGate | null;
  readonly failures: FailureBudget;
  readonly limits: RateLimits;
}

/** One request, checked against its route. */
export interface RestCall {
  readonly caller: Principal;
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters that were sent, and the defaults of those that were not. */
  readonly query: Readonly<Record<string, string | number | boolean>>;
  /** Empty where the route takes no body. */
  readonly body: JsonObject;
  readonly members: readonly PreparedAudience[];
  readonly membersDigest: Uint8Array;
  /** The Idempotency-Key header. */
  readonly requestKey: string | null;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteBody {
  readonly schema: Schema;
  readonly bytesMax: number;
  readonly example: JsonObject;
  /** Instead of the plain check against the schema. */
  readonly check?: (body: JsonObject, issues: IssueList) => void;
}

/** One row of the API: what is served, how it is checked, how it is described. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the door, with `{name}` for a part that varies: `/tasks/{taskId}`. */
  readonly path: string;
  /** The name in the OpenAPI document and in the log. */
  readonly operation: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** What each `{name}` of the path is. */
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Schema>>;
  readonly body?: RouteBody;
  /** Honours an Idempotency-Key header. */
  readonly takesRequestKey?: boolean;
  readonly success: {
    readonly status: number;
    readonly description: string;
    readonly schema: Schema;
    readonly example: JsonObject;
    /** Says when to ask again while the answer will change by itself. */
    readonly hasRetryAfter?: boolean;
  };
  /** Statuses of refusals beside those that every route has. */
  readonly refusals: readonly (403 | 404 | 409)[];
  perform(options: RestOptions, call: RestCall): Promise<RestAnswer>;
}
