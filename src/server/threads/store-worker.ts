/** Worker entry: the one thread that writes to the embedded store. */
import { workerData } from 'node:worker_threads';

import { runStoreWorker } from '../../store/sqlite/store-worker.ts';
import { createScripts, type ScriptSettings } from '../scripts.ts';

const { settings } = workerData as { readonly settings: ScriptSettings };
runStoreWorker(createScripts(settings));
