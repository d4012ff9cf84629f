/**
 * Preloaded into a server (`--import`): its wall clock is wrong by the milliseconds that a file says, in every thread. Time that is measured
 * (`performance.now`, timers) goes on as it is, as when an operator or a time service sets the clock of a machine.
 *
 * `PROOF_CLOCK_STEADY=no`: measured time is wrong with it, so that nothing can notice: the planted fault.
 */
import { readFileSync } from 'node:fs';

const file = process.env['PROOF_CLOCK_FILE'] ?? '';
/** Reading it costs; a step is seen by all threads within this. */
const readMs = 5;
const RealDate = Date;
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

const steady = performance.now.bind(performance);

function offset(): number {
  const now = steady();
  if (now - readAt > readMs) {
    readAt = now;
    offsetMs = Number(readFileSync(file, 'utf8'));
  }
  return offsetMs;
}

class SetDate extends RealDate {
  constructor(...values: [] | ConstructorParameters<DateConstructor>) {
    super(...((values.length === 0 ? [SetDate.now()] : values) as [number]));
  }
  static override now(): number {
    return RealDate.now() + offset();
  }
}

if (process.env['PROOF_CLOCK_STEADY'] === 'no') {
  performance.now = () => steady() + offset();
}

globalThis.Date = SetDate as DateConstructor;
