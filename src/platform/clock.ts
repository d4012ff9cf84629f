import { randomBytes, randomUUID } from 'node:crypto';

import type { Clock, Random } from '../base/clock.ts';

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
export const systemRandom: Random = { bytes: (count) => randomBytes(count), uuid: () => randomUUID() };
