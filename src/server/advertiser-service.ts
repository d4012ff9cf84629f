/** The part of the service that only the REST door needs. */
import { AppError } from '../base/faults.ts';
import { systemClock } from '../platform/clock.ts';
import type {
  AdvertiserService,
  CreateAdvertiserAnswer,
  CreateAdvertiserCall,
} from '../service/advertiser-api.ts';
import { refuseKey } from '../service/advertiser-scripts.ts';
import type { Store } from '../store/store.ts';
import type { Scripts } from './scripts.ts';

export interface AdvertiserServiceParts {
  readonly store: Store<Scripts>;
  /** Buyers may declare accounts. */
  readonly buyerAccounts: boolean;
  /** Sandbox accounts are served. */
  readonly sandbox: boolean;
  readonly newAccountId: () => string;
  readonly hashRequestKey: (key: string) => Uint8Array;
  readonly replayTtlMs: number;
}

export function createAdvertiserService(parts: AdvertiserServiceParts): AdvertiserService {
  const { store } = parts;
  return {
    listAdvertisers: async ({ principalNo }, query) =>
      store.read('advertisersOfCaller', { principalNo, query }),
    getAdvertiser: async ({ principalNo }, accountId) =>
      store.read('advertiserOfCaller', { principalNo, accountId }),
    createAdvertiser: async (call) => createAdvertiser(parts, call),
    updateAdvertiser: async ({ principalNo }, accountId, changes) =>
      store.write('updateAdvertiser', { principalNo, accountId, changes, nowMs: systemClock.now() }),
    listAudiences: async ({ principalNo }, accountId, { take, skip }) =>
      store.read('audiencesOfAccount', {
        principalNo,
        accountId,
        servesSandbox: parts.sandbox,
        take,
        skip,
        nowMs: systemClock.now(),
      }),
  };
}

async function createAdvertiser(
  { store, buyerAccounts, sandbox, newAccountId, hashRequestKey, replayTtlMs }: AdvertiserServiceParts,
  { caller, advertiser, requestKey, requestDigest }: CreateAdvertiserCall,
): Promise<CreateAdvertiserAnswer> {
  if (!buyerAccounts) {
    throw new AppError('UNSUPPORTED_PROVISIONING', 'This seller creates advertisers itself.', {
      suggestion: 'Ask the seller for one, or use one that this key may use already.',
    });
  }
  if (advertiser.sandbox && !sandbox) {
    throw new AppError('UNSUPPORTED_PROVISIONING', 'This server serves no sandbox.', {
      field: 'sandbox',
      suggestion: 'Leave sandbox out.',
    });
  }
  const nowMs = systemClock.now();
  const made = await store.write('createAdvertiser', {
    principalNo: caller.principalNo,
    accountId: newAccountId(),
    advertiser,
    keyHash: requestKey === null ? null : hashRequestKey(requestKey),
    digest: requestDigest,
    nowMs,
    expiresAtMs: nowMs + replayTtlMs,
  });
  if (made.kind === 'conflict' || made.kind === 'expired') throw refuseKey(made.kind);
  return made;
}
