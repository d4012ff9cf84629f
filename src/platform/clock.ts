import { randomBytes, randomUUID } from 'node:crypto';

import type { Clock, Random } from '../base/clock.ts';

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
  uuidAt(timeMs) {
    // A random one of version 4 has its variant in place; only its first 48 bits and its version change.
    const time = timeMs.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  },
};
