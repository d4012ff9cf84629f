/**
 * What must never come out, and everything that came out, written down by all tests of a run and compared at its end
 * (scripts/tidy/leaks.ts). Without a run around it, as when one file is tested, nothing is written.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CanaryKind, OutputKind } from '../../scripts/tidy/leaks.ts';

const folder = process.env['CANARY_FOLDER'];
/** A test that makes a million hashes need not note them all. */
const valueCountMax = 20_000;
const seen = new Set<string>();
let pending = '';

function flush(): void {
  if (folder === undefined || pending === '') return;
  appendFileSync(join(folder, `canaries-${process.pid}`), pending);
  pending = '';
}
if (folder !== undefined) process.on('exit', flush);

/** A value that no log, no console and no answer may show. Short ones are words that stand everywhere. */
export function noteCanary(kind: CanaryKind, value: string): void {
  if (folder === undefined || value.length < 16 || seen.size >= valueCountMax || seen.has(value)) return;
  seen.add(value);
  pending += `${kind} ${value}\n`;
  if (pending.length > 100_000) flush();
}

/** Secrets in the text of a request: what receivers of notifications are told, and long ids of members. */
export function noteRequest(text: unknown): void {
  if (folder === undefined || typeof text !== 'string') return;
  for (const [, value = ''] of text.matchAll(/"credentials":"([\x21-\x7e]{32,200})"/g))
    noteCanary('credential', value);
  if (text.length > 200_000) return;
  for (const [, value = ''] of text.matchAll(/"external_?[iI]d":"([\w.@+-]{16,100})"/g))
    noteCanary('external_id', value);
}

/** Something that a server wrote, or answered. */
export function noteOutput(kind: OutputKind, text: string): void {
  if (folder === undefined || text === '') return;
  appendFileSync(join(folder, `${kind}-${process.pid}`), `${text}\n`);
}
