import { describeStore } from '../store.contract.ts';
import { contractScripts } from './contract-scripts.ts';
import { openMemoryStore } from './memory-store.ts';

describeStore(
  'memory',
  async () => ({ open: async () => openMemoryStore(contractScripts), destroy: async () => undefined }),
  { skip: { reopen: 'it is forgotten when it is closed' } },
);
