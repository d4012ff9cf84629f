import { systemClock } from '../platform/clock.ts';
import { bar } from './table.ts';

/** One piece of work under way. Call `end` exactly once. */
export interface Progress {
  /** `total` null: how much there is to do is not known; `words` follow. Cheap enough for every row of a file. */
  update(done: number, total: number | null, words?: string): void;
  end(words: string): void;
}

/** A line is rewritten at most this often: faster flickers, and costs. */
const redrawMs = 100;

/**
 * A progress line on `stream`, or nothing at all for null. When the stream is no terminal, only the end is
 * written: a log of half-done lines helps nobody.
 */
export function progressLine(
  label: string,
  stream: { write(text: string): unknown } | null,
  animated: boolean,
): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, words = '') {
      if (stream === null || !animated) return;
      const now = systemClock.monotonic();
      if (now - drawnAt < redrawMs) return;
      drawnAt = now;
      stream.write(`\r\u001b[2K${label} ${state(done, total)}${words === '' ? '' : `  ${words}`}`);
    },
    end(words) {
      if (stream === null) return;
      stream.write(`${animated ? '\r\u001b[2K' : ''}${label} ${words}\n`);
    },
  };
}

function state(done: number, total: number | null): string {
  if (total === null || total <= 0) return done.toLocaleString('en');
  const share = Math.min(1, done / total);
  return `${bar(share, 20)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
