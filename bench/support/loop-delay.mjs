/**
 * Loaded into a server that is measured: says the delays of its main event loop on SIGUSR2 and starts anew.
 * Plain JavaScript, so that it brings no compiler into a process whose memory is measured.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  process.on('SIGUSR2', () => {
    const p99 = histogram.percentile(99) / 1e6;
    const max = histogram.max / 1e6;
    process.stderr.write(`loop-delay ${JSON.stringify({ p99, max })}\n`);
    histogram.reset();
  });
}
