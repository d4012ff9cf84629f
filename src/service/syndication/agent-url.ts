import { AppError } from '../../base/faults.ts';

const urlCharsMax = 2_048;

/** Says why members must not be sent to an address; null: they may be. Asked again for every request. */
export type RefusalOfUrl = (url: URL) => string | null;

/** The address as it is kept, or a refusal that says what would do. */
export function checkAgentUrl(text: string, refusalOf: RefusalOfUrl): string {
  const url = text.length <= urlCharsMax ? URL.parse(text) : null;
  const refusal = url === null ? 'This is no address.' : refusalOf(url);
  if (url !== null && refusal === null) return url.href;
  throw new AppError('INVALID_REQUEST', `Of a sales agent: ${refusal}`, {
    field: 'url',
    suggestion:
      'Send an https address on the public internet. Networks of the operator’s own, and plain http there, are for the operator to allow with --allow-network.',
  });
}
