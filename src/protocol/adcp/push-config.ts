import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { CallbackRequest, Generation } from '../../service/api.ts';
import { ArgumentReader, type IssueList } from './argument-reader.ts';
import { fieldOf } from './issues.ts';

/** Schemes of `authentication`, of which a registration names exactly one. Absent: a signature by RFC 9421. */
const schemes = ['Bearer', 'HMAC-SHA256'] as const;

/**
 * Says why an address may not be called, or null. Asked when an address is registered; it is checked again at every attempt,
 * because a name may lead elsewhere by then.
 */
export type RefusalOfAddress = (address: string) => Promise<string | null>;

function readAuthentication(reader: ArgumentReader, issues: IssueList): CallbackRequest['authentication'] {
  const object = reader.object('authentication');
  if (object === undefined) return null;
  const authentication = new ArgumentReader(object, reader.pathOf('authentication'), issues);
  if (!authentication.has('schemes')) authentication.missing('schemes');
  const [scheme] = authentication.strings('schemes', 1, 1, { charsMax: 64 }) ?? [];
  const known = schemes.find((one) => one === scheme);
  if (scheme !== undefined && known === undefined) {
    authentication.issue('schemes', 'enum', `must be one of ${schemes.join(', ')}.`, schemes);
  }
  const credentials = authentication.string('credentials', {
    required: true,
    charsMin: limits.webhookCredentialCharsMin,
    charsMax: limits.webhookCredentialCharsMax,
    // It goes into a header, or keys a MAC: letters that a header cannot hold would change on their way.
    pattern: /^[\x21-\x7e]+$/,
    patternSays: 'printable ASCII without spaces',
  });
  return known === undefined || credentials === undefined ? null : { scheme: known, credentials };
}

/**
 * Reads `push_notification_config`; null where there is none. What cannot be honoured is refused by name, never ignored.
 * Source: AdCP `core/push-notification-config.json`; webhooks, registration.
 */
export function readPushConfig(
  reader: ArgumentReader,
  issues: IssueList,
  generation: Generation,
): CallbackRequest | null {
  const object = reader.object('push_notification_config');
  if (object === undefined) return null;
  const config = new ArgumentReader(object, reader.pathOf('push_notification_config'), issues);
  const url = config.string('url', { required: true, charsMax: limits.webhookUrlCharsMax });
  if (url !== undefined && !URL.canParse(url)) {
    config.issue('url', 'format', 'must be an address, such as https://buyer.example/webhooks.');
  }
  const operationId = config.string('operation_id', {
    // Every notification of 3.1 has one, and inventing it would tell the receiver nothing.
    required: generation === '3.1',
    charsMax: 255,
    pattern: /^[A-Za-z0-9_.:-]+$/,
    patternSays: 'letters, digits and _ . : - only',
  });
  const token = config.string('token', { charsMin: 16, charsMax: limits.webhookTokenCharsMax });
  const authentication = readAuthentication(config, issues);
  if (url === undefined) return null;
  return { shape: 'adcp', url, operationId: operationId ?? null, token: token ?? null, authentication };
}

/** Refuses an address that may not be called. The reason says nothing of what a name leads to. */
export async function checkCallbackAddress(
  callback: CallbackRequest | null,
  refusalOf: RefusalOfAddress,
  field: string = fieldOf(['push_notification_config', 'url']),
): Promise<void> {
  if (callback === null) return;
  const refusal = await refusalOf(callback.url);
  if (refusal === null) return;
  throw new AppError('INVALID_REQUEST', `${field} cannot be called. ${refusal}`, {
    field,
    suggestion: 'Send a public https:// address, or ask the seller to allow the network that it lies in.',
  });
}
