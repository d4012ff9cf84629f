/** Worker entry: the store's writer, with the scripts of these tests. */
import { workerData } from 'node:worker_threads';

import { runStoreWorker } from '../../src/store/sqlite/store-worker.ts';
import type { ScriptSettings } from '../../src/server/scripts.ts';
import { createOutboxScripts } from './outbox-scripts.ts';

const { settings } = workerData as { readonly settings: ScriptSettings };
runStoreWorker(createOutboxScripts(settings));
