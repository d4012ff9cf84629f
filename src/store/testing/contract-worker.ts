import { workerData } from 'node:worker_threads';

import { systemClock } from '../../platform/clock.ts';
import { runPostgresWorker } from '../postgres/store-worker.ts';
import { runStoreWorker } from '../sqlite/store-worker.ts';
import type { WriterSetup } from '../writer-messages.ts';
import { contractScripts } from './contract-scripts.ts';

if ((workerData as WriterSetup).place.kind === 'sqlite') runStoreWorker(contractScripts);
else runPostgresWorker(contractScripts, systemClock);
