import { get, run, type Script } from './script.ts';

/** Samples kept: enough for a stable range, few enough to sort. */
const sampleCountMax = 10_000;

const insert = `INSERT INTO latency_sample (matched_at, duration_ms) VALUES (?, ?) RETURNING sample_no AS sampleNo`;
const trim = `DELETE FROM latency_sample WHERE sample_no <= ?`;
const range = `SELECT min(duration_ms) AS low, max(duration_ms) AS high, count(*) AS count FROM (
    SELECT duration_ms, percent_rank() OVER (ORDER BY duration_ms) AS place
    FROM latency_sample WHERE matched_at >= ?) AS placed
  WHERE place BETWEEN 0.05 AND 0.95 OR place = 0`;

/** Time from acceptance to settled counts, for the capabilities' latency range. */
export function* recordLatency(matchedAtMs: number, durationMs: number): Script<void> {
  const row = yield* get<{ sampleNo: number }>(insert, matchedAtMs, Math.max(0, durationMs));
  const sampleNo = row?.sampleNo ?? 0;
  // Once in a while is enough: the bound may be passed by a hundred.
  if (sampleNo % 100 === 0 && sampleNo > sampleCountMax) yield* run(trim, sampleNo - sampleCountMax);
}

export interface LatencyRange {
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
}

/** 5th to 95th percentile since a time, in milliseconds. */
export function* latencyRange(sinceMs: number): Script<LatencyRange> {
  return (yield* get<LatencyRange>(range, sinceMs)) ?? { low: null, high: null, count: 0 };
}
