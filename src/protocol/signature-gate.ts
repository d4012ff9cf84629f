import type { Principal } from '../service/api.ts';
import type { BodySeal, RequestHead } from './endpoint.ts';

/** A request whose head was signed well; its body is still to be seen. */
export interface SignedHead {
  readonly principal: Principal;
  readonly seal: BodySeal;
}

/** The one place where signatures of requests are looked at, in front of every door. */
export interface SignatureGate {
  /** Null: the request is not signed. Rejects with SIGNATURE_REFUSED; a broken signature is never overlooked for a good key. */
  check(head: RequestHead): Promise<SignedHead | null>;
  /** Operations of AdCP that must be signed by whoever has no key. */
  readonly requiredFor: readonly string[];
}
