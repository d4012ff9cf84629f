declare const brandName: unique symbol;

/** A nominal type: two brands over the same representation do not assign to each other. */
export type Brand<T, Name extends string> = T & { readonly [brandName]: Name };

/** The account's public id (`acc_…` or chosen by the seller). Scope of every audience. */
export type AccountId = Brand<string, 'AccountId'>;
/** Internal number of an account; never on the wire. */
export type AccountNo = Brand<number, 'AccountNo'>;
/** Buyer's identifier for an audience, unique within one account. */
export type AudienceId = Brand<string, 'AudienceId'>;
/** Internal number of one life of an audience: deleting and creating it again gives a new one. */
export type AudienceNo = Brand<number, 'AudienceNo'>;
/** The authenticated caller, result of authentication. */
export type PrincipalId = Brand<string, 'PrincipalId'>;
/** The durable AdCP handle that a caller may poll. */
export type TaskId = Brand<string, 'TaskId'>;
/** The request's `idempotency_key` as the caller sent it. */
export type RequestKey = Brand<string, 'RequestKey'>;
/** Order of acceptance of operations within the whole store; strictly increasing. */
export type OperationSeq = Brand<number, 'OperationSeq'>;
/** Dense number of one of the seller's users, 0-based. */
export type PersonOrdinal = Brand<number, 'PersonOrdinal'>;
/** Number of a state of the identity graph; every change increases it. */
export type GraphVersion = Brand<number, 'GraphVersion'>;

/** Names a checked value with its brand. Call it only where the check has just been made. */
export function as<B>(value: B extends Brand<infer T, string> ? T : never): B {
  return value as B;
}
