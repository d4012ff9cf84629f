import { runStoreWorker } from '../sqlite/store-worker.ts';
import { contractScripts } from './contract-scripts.ts';

runStoreWorker(contractScripts);
