/** Whether a file would match well, as far as the file can tell. */
import type { PrepareReport } from '../../client/prepare/prepare-people.ts';
import { preparePeople } from '../../client/prepare/prepare-people.ts';
import { FileFault } from '../../client/file-fault.ts';
import { rejectedCount } from '../push/push-view.ts';
import { count, percent } from '../table.ts';
import { doubt, good, wrong, type Finding } from './finding.ts';

/** More than this share of rows or values in trouble is worth a look. */
const shareMax = 0.02;

const fixes: Readonly<Record<string, string>> = {
  phone_invalid: 'Say the country of numbers without one: --country CC.',
  hash_md5: 'Export clear text or SHA-256; no AdCP seller can use MD5.',
  hash_sha1: 'Export clear text or SHA-256; no AdCP seller can use SHA-1.',
  hash_of_nothing: 'Empty cells were hashed; leave them empty.',
  hash_clear_text: 'A column of hashes has clear values in it; map it as email or phone.',
};

export async function checkFile(
  file: string,
  map: readonly string[],
  country: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const place = { ...(country === '' ? {} : { defaultCountry: country }) };
    const report = await preparePeople({ file, map, idRequired: false, signal, ...place }, async () => {});
    return findingsOf(report);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const found = error.message.slice(0, -error.fix.length).trim();
    return [wrong('file', error.code === 'FILE_NOT_FOUND' ? 'notFound' : 'badInput', found, error.fix)];
  }
}

function findingsOf(report: PrepareReport): readonly Finding[] {
  const { rows, people, rejected, warnings, columns } = report;
  const bad = rejectedCount(rejected);
  const findings = [
    bad / rows > shareMax
      ? doubt(
          'rows',
          `${count(bad)} of ${count(rows)} rows cannot be used (${percent(bad / rows)}).`,
          'push --dry-run --rejects FILE lists them.',
        )
      : good('rows', `${count(people)} of ${count(rows)} rows can be used.`),
  ];
  const unsure = columns.filter(({ confidence, kind }) => confidence < 0.7 && kind !== 'ignore');
  if (unsure.length > 0) {
    const names = unsure.map(({ name, kind }) => `${name} as ${kind}`).join(', ');
    findings.push(doubt('columns', `Not sure: ${names}.`, 'Say it: --map COLUMN=KIND.'));
  }
  if (columns.every(({ kind }) => kind !== 'id'))
    findings.push(
      doubt(
        'id',
        'The file has no id column; people are named after their identifiers.',
        'Export the customer id: a changed address is then a change, not another person.',
      ),
    );
  for (const [reason, values] of Object.entries(warnings)) {
    const fix = fixes[reason];
    if (fix !== undefined && values / rows > shareMax)
      findings.push(doubt('values', `${count(values)} values: ${reason}.`, fix));
  }
  return findings;
}
