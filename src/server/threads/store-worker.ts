/** Worker entry: the one thread of a process that writes to the store. */
import { workerData } from 'node:worker_threads';

import { systemClock } from '../../platform/clock.ts';
import { runPostgresWorker } from '../../store/postgres/store-worker.ts';
import { runStoreWorker } from '../../store/sqlite/store-worker.ts';
import type { WriterSetup } from '../../store/writer-messages.ts';
import { createScripts, type ScriptSettings } from '../scripts.ts';

const { place, settings } = workerData as WriterSetup & { readonly settings: ScriptSettings };
const scripts = createScripts(settings);
if (place.kind === 'sqlite') runStoreWorker(scripts);
else runPostgresWorker(scripts, systemClock);
