/** What a push prints. */
import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import type { MemberCounts } from '../../client/push/member-list.ts';
import type { ForwardMembers } from '../../engine/forward/forward-members.ts';
import type { RemoteAudience } from '../../service/syndication/seller-link.ts';
import { count, matchReportTable, percent } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import type { ReadPeople } from './read-file.ts';

const labels: Readonly<Record<string, string>> = { hashed_email: 'e-mail', hashed_phone: 'phone' };

const words: Readonly<Record<keyof MemberCounts, string>> = {
  repeated: 'rows have an id that a later row has too; the later one counts',
  named: 'people have no id in the file and are named after their identifiers',
  concealed: 'ids are an e-mail address or a phone number and are sent hashed',
  furtherPhones: 'further phone numbers are left out: AdCP has one place for them',
  notTaken: 'identifiers are of a kind that this seller does not take',
  withoutIdentifier: 'people have no identifier that this seller takes',
};

export function printPrepared({ report, members, counts }: ReadPeople, terminal: Terminal): void {
  const rejected = rejectedCount(report.rejected);
  const left = rejected === 0 ? '' : `, ${count(rejected)} rows left out`;
  terminal.print(`Prepared  ${count(members.rowCount)} members from ${count(report.rows)} rows${left}`);
  for (const [reason, rows] of Object.entries(report.rejected)) terminal.print(row(rows, `rows: ${reason}`));
  for (const [reason, values] of Object.entries(report.warnings))
    terminal.print(row(values, `values: ${reason}`));
  for (const [name, value] of Object.entries(counts) as [keyof MemberCounts, number][])
    if (value > 0) terminal.print(row(value, words[name]));
}

const row = (value: number, what: string): string => `  ${count(value).padStart(12)}  ${what}`;

export function rejectedCount(rejected: Readonly<Record<string, number>>): number {
  return Object.values(rejected).reduce((sum, rows) => sum + rows, 0);
}

const samplesShown = 3;
/** Of an id at most a third is shown, so that a short one is not shown whole. */
const shownCharsMax = 4;

/** Members as they would be sent, with nothing of them to be read. */
export function maskedSamples(members: ForwardMembers): readonly string[] {
  return Array.from({ length: Math.min(samplesShown, members.rowCount) }, (_, at) => {
    const id = Buffer.from(members.externalIdBytes)
      .subarray(members.externalIdStart[at], members.externalIdStart[at + 1])
      .toString('utf8');
    const identifiers: string[] = [];
    for (let i = members.identifierStart[at]!; i < members.identifierStart[at + 1]!; i++) {
      const digest = Buffer.from(members.identifierDigest.subarray(i * 32, i * 32 + 2)).toString('hex');
      identifiers.push(`${identifierTypeOfCode(members.identifierType[i]!)} ${digest}…`);
    }
    const shown = id.slice(0, Math.min(shownCharsMax, Math.floor(id.length / 3)));
    return `  ${shown}…  ${identifiers.join('  ')}`;
  });
}

interface BreakdownRow {
  readonly id_type: string;
  readonly submitted: number;
  readonly matched: number;
}

/** How the audience stands, with bars where it is ready. */
export function printAudience(audienceId: string, audience: RemoteAudience, terminal: Terminal): void {
  const { paint } = terminal;
  const {
    status = null,
    matched_count: matched,
    total_uploaded_count: total,
  } = audience.body as {
    readonly status?: string;
    readonly matched_count?: number;
    readonly total_uploaded_count?: number;
  };
  const size = (audience.body as { readonly minimum_size?: number }).minimum_size;
  if (typeof matched !== 'number' || typeof total !== 'number') {
    const state = status === 'too_small' ? tooSmall(size) : `is ${status ?? 'at the seller'}`;
    const members = typeof total === 'number' ? `, ${count(total)} members` : '';
    terminal.print(`\nAudience  ${paint.bold(audienceId)} ${state}${members}`);
    return;
  }
  const share = percent(matched / Math.max(1, total));
  terminal.print(
    `\nAudience  ${paint.bold(audienceId)} is ${status}: ${count(matched)} of ${count(total)} members matched (${share})\n`,
  );
  const { match_breakdown: breakdown = [] } = audience.body as {
    readonly match_breakdown?: readonly BreakdownRow[];
  };
  const rows = breakdown.map(({ id_type: type, submitted, matched: found }) => ({
    label: labels[type] ?? type,
    submitted,
    matched: found,
  }));
  for (const line of matchReportTable([...rows, { label: 'any', submitted: total, matched }]))
    terminal.print(`  ${line}`);
}

function tooSmall(size: number | undefined): string {
  const least = size === undefined ? 'the seller’s minimum' : count(size);
  return `is too small to be used: fewer than ${least} members are users of this seller`;
}
