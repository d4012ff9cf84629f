import type { SigningKeyView } from '../service/webhooks/signing-keys.ts';
import { table } from './table.ts';

const columns = [{ title: 'key' }, { title: 'created' }, { title: 'signs' }, { title: 'published' }] as const;

const time = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** Keys as a table, the newest first. */
export function signingKeyLines(keys: readonly SigningKeyView[], nowMs: number): readonly string[] {
  const signing = keys.find(({ signsFrom }) => signsFrom <= nowMs)?.kid ?? keys.at(-1)?.kid;
  const rows = keys.map(({ kid, createdAt, signsFrom, publishedUntil }) => [
    kid,
    time(createdAt),
    kid === signing ? 'now' : signsFrom > nowMs ? `from ${time(signsFrom)}` : 'no longer',
    publishedUntil === null ? 'yes' : `until ${time(publishedUntil)}`,
  ]);
  return table(columns, rows);
}

export function signingKeyJson(keys: readonly SigningKeyView[]): object {
  return {
    signing_keys: keys.map(({ kid, createdAt, signsFrom, publishedUntil }) => ({
      kid,
      created_at: new Date(createdAt).toISOString(),
      signs_from: new Date(signsFrom).toISOString(),
      published_until: publishedUntil === null ? null : new Date(publishedUntil).toISOString(),
    })),
  };
}
