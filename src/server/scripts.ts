import { createLeaseScripts } from '../job/lease-scripts.ts';
import { createNodeScripts } from '../job/node-scripts.ts';
import type { SizeRules } from '../service/finish-sync.ts';
import { createAccountScripts } from '../service/account-scripts.ts';
import { createAccountSyncScripts } from '../service/account-sync-scripts.ts';
import { createAdvertiserScripts } from '../service/advertiser-scripts.ts';
import { createAuditScripts } from '../service/audit/audit-scripts.ts';
import { checkpointKey, createHashRecord } from '../service/audit/chain.ts';
import { createControllerScripts } from '../service/buys/controller-scripts.ts';
import { createCreateBuyScripts } from '../service/buys/create-scripts.ts';
import { createReadBuyScripts } from '../service/buys/read-scripts.ts';
import { createUpdateBuyScripts } from '../service/buys/update-scripts.ts';
import { createBlockScripts } from '../service/block-scripts.ts';
import { createCapabilityScripts } from '../service/capability-scripts.ts';
import { createDecisionScripts } from '../service/decisions/decision-scripts.ts';
import { createImpressionScripts } from '../service/decisions/impression-scripts.ts';
import { createForensicsScripts } from '../service/forensics/forensics-scripts.ts';
import { createGraphScripts } from '../service/graph-store.ts';
import { createKeyScripts } from '../service/key-scripts.ts';
import { createMatchScripts } from '../service/match-scripts.ts';
import { createParkScripts } from '../service/lifecycle/park-scripts.ts';
import { createSealer } from '../service/seal.ts';
import { createSuspensionScripts } from '../service/suspension-scripts.ts';
import { createSyncScripts } from '../service/sync-scripts.ts';
import { createForwardKeys } from '../service/syndication/forward-keys.ts';
import { createForwardingScripts } from '../service/syndication/forwarding-scripts.ts';
import { createSyndicationScripts } from '../service/syndication/syndication-scripts.ts';
import { createSignerScripts } from '../service/signers/signer-scripts.ts';
import { createTaskScripts } from '../service/tasks.ts';
import { createDeliveryScripts } from '../service/webhooks/delivery-scripts.ts';
import { createOutbox } from '../service/webhooks/outbox.ts';
import { createWebhookOperatorScripts } from '../service/webhooks/operator-scripts.ts';
import { createSigningKeyScripts } from '../service/webhooks/signing-keys.ts';
import { audited } from './audited-scripts.ts';
import { encodeNotification } from './encode-notification.ts';

/** What the scripts are made with, in every thread alike. */
export interface ScriptSettings {
  readonly sealKey: Uint8Array;
  readonly forwardKey: Uint8Array;
  /** Hashes the audit log, and signs where it stands. */
  readonly auditKey: Uint8Array;
  readonly auditSeed: Uint8Array;
  readonly sizes: SizeRules;
}

/** Every transaction of the program, before the audit log. */
function createPlainScripts({ sealKey, forwardKey, sizes }: ScriptSettings) {
  const sealer = createSealer(sealKey);
  const forwardKeys = createForwardKeys(forwardKey);
  const outbox = createOutbox(sealer, encodeNotification);
  return {
    ...createAccountScripts(),
    ...createAccountSyncScripts(sealer),
    ...createAdvertiserScripts(sealer, sizes),
    ...createBlockScripts(),
    ...createCapabilityScripts(),
    ...createControllerScripts({ sealer, outbox, sizes }),
    ...createCreateBuyScripts(sealer, outbox),
    ...createReadBuyScripts(sealer),
    ...createUpdateBuyScripts(sealer),
    ...createForensicsScripts(sizes),
    ...createForwardingScripts(sealer, forwardKeys),
    ...createDecisionScripts(sizes),
    ...createDeliveryScripts(sealer),
    ...createGraphScripts(),
    ...createImpressionScripts(),
    ...createKeyScripts(),
    ...createLeaseScripts(),
    ...createNodeScripts(),
    ...createMatchScripts(sealer, sizes, outbox),
    ...createParkScripts(sealer, sizes, outbox),
    ...createSignerScripts(),
    ...createSigningKeyScripts(sealer),
    ...createWebhookOperatorScripts(sealer),
    ...createSuspensionScripts(),
    ...createSyncScripts(sealer, sizes, forwardKeys, outbox),
    ...createSyndicationScripts(sealer, forwardKeys),
    ...createTaskScripts(sealer),
  };
}

export type PlainScripts = ReturnType<typeof createPlainScripts>;

/** Every transaction of the program. The same in the thread that writes and in those that read. */
export function createScripts(settings: ScriptSettings) {
  const hash = createHashRecord(settings.auditKey);
  return {
    ...audited(createPlainScripts(settings), hash),
    ...createAuditScripts(hash, checkpointKey(settings.auditSeed).privateKey),
  };
}

export type Scripts = ReturnType<typeof createScripts>;
