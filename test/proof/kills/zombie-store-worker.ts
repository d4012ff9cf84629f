/** The writing thread of `zombie-child.ts`. */
import { systemClock } from '../../../src/platform/clock.ts';
import { runPostgresWorker } from '../../../src/store/postgres/store-worker.ts';
import { zombieScripts } from './zombie-scripts.ts';

runPostgresWorker(zombieScripts, systemClock);
