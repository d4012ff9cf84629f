/** What the sealed documents of buys and packages hold. */
import type { JsonObject } from '../../engine/types.ts';

export interface BuyDocument {
  readonly context: JsonObject | null;
  readonly cancellationReason: string | null;
  readonly rejectionReason: string | null;
  /** What the buyer said of the buy that nothing here acts on. */
  readonly words: JsonObject;
  /** Of a buy that a test set up: what it was told. */
  readonly fixture?: JsonObject;
}

/** How a test had the next creation answered. */
export interface ForcedArm {
  readonly arm: 'submitted' | 'input-required';
  readonly message: string | null;
}

export interface PackageDocument {
  readonly pricingOptionId: string;
  /** Null: the price is fixed. */
  readonly floorMicros: number | null;
  readonly minBudgetMicros: number;
  readonly cancellationReason: string | null;
  /** What is echoed: the overlay, the context and the like. */
  readonly words: JsonObject;
}
