import type { SizeRules } from '../service/finish-sync.ts';
import { createAccountScripts } from '../service/account-scripts.ts';
import { createAccountSyncScripts } from '../service/account-sync-scripts.ts';
import { createAdvertiserScripts } from '../service/advertiser-scripts.ts';
import { createBlockScripts } from '../service/block-scripts.ts';
import { createCapabilityScripts } from '../service/capability-scripts.ts';
import { createGraphScripts } from '../service/graph-store.ts';
import { createKeyScripts } from '../service/key-scripts.ts';
import { createMatchScripts } from '../service/match-scripts.ts';
import { createSealer } from '../service/seal.ts';
import { createSyncScripts } from '../service/sync-scripts.ts';
import { createTaskScripts } from '../service/tasks.ts';

/** What the scripts are made with, in every thread alike. */
export interface ScriptSettings {
  readonly sealKey: Uint8Array;
  readonly sizes: SizeRules;
}

/** Every transaction of the program. The same in the thread that writes and in those that read. */
export function createScripts({ sealKey, sizes }: ScriptSettings) {
  const sealer = createSealer(sealKey);
  return {
    ...createAccountScripts(),
    ...createAccountSyncScripts(sealer),
    ...createAdvertiserScripts(sealer, sizes),
    ...createBlockScripts(),
    ...createCapabilityScripts(),
    ...createGraphScripts(),
    ...createKeyScripts(),
    ...createMatchScripts(sealer, sizes),
    ...createSyncScripts(sealer, sizes),
    ...createTaskScripts(sealer),
  };
}

export type Scripts = ReturnType<typeof createScripts>;
