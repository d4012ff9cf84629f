/**
 * What every proof of reliability looks like: a suite that tries to break one promise as often as it is told to, from a
 * seed, and that is known to notice when the promise is broken. `npm test` runs each a few times; `npm run prove` runs
 * them long and writes the report.
 */
export interface ProofOptions {
  /** How many attempts to make, in the proof's own unit. */
  readonly count: number;
  /** Whatever is random follows from it. Timing of processes does not. */
  readonly seed: number;
  /** Told now and then how far it is. */
  readonly say: (line: string) => void;
}

export interface ProofResult {
  /** Attempts that were really made. */
  readonly tried: number;
  /** What was counted on the way, by name: acknowledged calls, losses, milliseconds. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Each way in which the promise was broken; empty when it held. At most `brokenShown`. */
  readonly broken: readonly string[];
}

/** The same suite against something that is wrong on purpose: it has to report `broken`. */
export interface PlantedFault {
  readonly name: string;
  readonly count: number;
  /** Servers have to start for it again and again: not in `npm test`. */
  readonly isSlow?: true;
  run(options: ProofOptions): Promise<ProofResult>;
}

export interface Proof {
  /** As in `npm run prove -- --only NAME`. */
  readonly name: string;
  /** One sentence, as docs/reliability.md gives it. */
  readonly promise: string;
  /** What is counted: "kills", "cuts". */
  readonly unit: string;
  /** Attempts in `npm test`, and in the long run. */
  readonly shortCount: number;
  readonly longCount: number;
  run(options: ProofOptions): Promise<ProofResult>;
  readonly planted: readonly PlantedFault[];
}

export const brokenShown = 20;
