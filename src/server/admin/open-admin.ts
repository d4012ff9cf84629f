import { AppError, faults, type FaultCode } from '../../base/faults.ts';
import type { Log } from '../../platform/log.ts';
import { openStore } from '../core.ts';
import type { Secrets } from '../secrets.ts';
import { loadSecrets } from '../secrets.ts';
import { systemRandom } from '../../platform/clock.ts';
import { dataDirectoryOf } from '../../store/sqlite/data-directory.ts';
import { isDirectoryLocked } from '../../store/sqlite/lock.ts';
import { readAdminFile, type AdminFile } from './admin-file.ts';
import { createSyndicationService } from '../syndication/syndication-service.ts';
import { createAdmin, type Admin } from './admin.ts';

export interface OpenAdmin {
  readonly admin: Admin;
  readonly secrets: Secrets;
  /** The running server's address, or null when the directory was opened here. */
  readonly serverUrl: string | null;
  close(): Promise<void>;
}

/** The lowest size plays no part in administration; any legal one will do. */
const minimumSize = 1_000;

/** Through the running server of the directory when there is one; else opens the directory itself. */
export async function openAdmin(
  dataDir: string,
  log: Log,
  allowNetwork: readonly string[] = [],
): Promise<OpenAdmin> {
  const file = isDirectoryLocked(dataDirectoryOf(dataDir)) ? readAdminFile(dataDir) : null;
  if (file !== null) {
    const secrets = loadSecrets(dataDir, process.env['ROLLCALL_SECRET'], systemRandom);
    return { admin: remoteAdmin(file), secrets, serverUrl: file.url, close: async () => {} };
  }
  const fatal = (reason: string): void => {
    log('error', 'fatal', { reason });
  };
  const databaseUrl = process.env['ROLLCALL_DATABASE_URL'] ?? '';
  const { store, secrets, place } = await openStore(
    { dataDir, databaseUrl, minimumSize, log, fatal },
    'command',
  );
  // Whether an address may be called is asked again by the server that calls it, which knows what its operator allows.
  const syndication = createSyndicationService({ store, callersMayForward: false, allowNetwork });
  const admin = createAdmin({
    dataDir,
    place,
    store,
    secrets,
    graphMoved: async () => {},
    syndication,
    allowNetwork,
    signersChanged: () => {},
    running: null,
    decisionsWoken: () => {},
    webhooksWoken: () => {},
  });
  return { admin, secrets, serverUrl: null, close: async () => store.close() };
}

type Call = (name: string, input: unknown) => Promise<never>;

function callOver({ adminPort, token }: AdminFile): Call {
  return async (name, input) => {
    const response = await fetch(`http://127.0.0.1:${adminPort}/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, input }),
    }).catch((cause: unknown) => {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        'The running server of this data directory does not answer.',
        { cause },
      );
    });
    const answer = (await response.json()) as {
      output?: never;
      error?: string;
      message?: string;
      suggestion?: string;
    };
    if (response.ok) return answer.output as never;
    const code =
      answer.error !== undefined && answer.error in faults
        ? (answer.error as FaultCode)
        : 'SERVICE_UNAVAILABLE';
    throw new AppError(
      code,
      answer.message,
      answer.suggestion === undefined ? {} : { suggestion: answer.suggestion },
    );
  };
}

function remoteAdmin(file: AdminFile): Admin {
  const call = callOver(file);
  return {
    createAccount: async (input) => call('createAccount', input),
    listAccounts: async (input) => call('listAccounts', input),
    updateAccount: async (input) => call('updateAccount', input),
    createKey: async (input) => call('createKey', input),
    rotateKey: async (input) => call('rotateKey', input),
    listKeys: async (input) => call('listKeys', input),
    revokeKey: async (input) => call('revokeKey', input),
    graphStats: async (input) => call('graphStats', input),
    applyGraph: async (input) => call('applyGraph', input),
    forwarding: async (input) => call('forwarding', input),
    setForwarding: async (input) => call('setForwarding', input),
    listSellers: async (input) => call('listSellers', input),
    addSeller: async (input) => call('addSeller', input),
    removeSeller: async (input) => call('removeSeller', input),
    syndicate: async (input) => call('syndicate', input),
    listSyndications: async (input) => call('listSyndications', input),
    matchFacts: async (input) => call('matchFacts', input),
    matchNow: async (input) => call('matchNow', input),
    suspendAudience: async (input) => call('suspendAudience', input),
    resumeAudience: async (input) => call('resumeAudience', input),
    diagnoseAudience: async (input) => call('diagnoseAudience', input),
    openExport: async (input) => call('openExport', input),
    readExport: async (input) => call('readExport', input),
    startVerify: async (input) => call('startVerify', input),
    verifyProgress: async (input) => call('verifyProgress', input),
    verifiedAudiences: async (input) => call('verifiedAudiences', input),
    stopVerify: async (input) => call('stopVerify', input),
    parkedOperations: async (input) => call('parkedOperations', input),
    retryParked: async (input) => call('retryParked', input),
    listDeliveries: async (input) => call('listDeliveries', input),
    replayDeliveries: async (input) => call('replayDeliveries', input),
    listWebhookEndpoints: async (input) => call('listWebhookEndpoints', input),
    enableWebhookEndpoint: async (input) => call('enableWebhookEndpoint', input),
    listSigningKeys: async (input) => call('listSigningKeys', input),
    auditFacts: async (input) => call('auditFacts', input),
    auditPage: async (input) => call('auditPage', input),
    signAudit: async (input) => call('signAudit', input),
    addSigner: async (input) => call('addSigner', input),
    listSigners: async (input) => call('listSigners', input),
    removeSigner: async (input) => call('removeSigner', input),
    revokeSignerKey: async (input) => call('revokeSignerKey', input),
    rotateSigningKey: async (input) => call('rotateSigningKey', input),
  };
}
