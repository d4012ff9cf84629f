import type { World } from '../../client/world/world.ts';
import type { AudienceReport } from './demo-buyer.ts';

export interface Check {
  readonly what: string;
  readonly reported: number;
  readonly isTrue: boolean;
}

/** Every number of the report beside what the generator knows, which never saw the matching. */
export function verifyReport(
  report: AudienceReport,
  rejected: Readonly<Record<string, number>>,
  world: World,
): readonly Check[] {
  const { truth } = world;
  const row = (type: 'hashed_email' | 'hashed_phone') =>
    report.match_breakdown?.find(({ id_type: name }) => name === type);
  const pairs: readonly (readonly [string, number | undefined, number])[] = [
    ['members', report.total_uploaded_count, truth.customers],
    ['members matched', report.matched_count, truth.matchedMembers],
    ['members with an e-mail', row('hashed_email')?.submitted, truth.submitted.hashed_email],
    ['matched by e-mail', row('hashed_email')?.matched, truth.matched.hashed_email],
    ['members with a phone', row('hashed_phone')?.submitted, truth.submitted.hashed_phone],
    ['matched by phone', row('hashed_phone')?.matched, truth.matched.hashed_phone],
    ['rows without an id', rejected['id_missing'] ?? 0, truth.rejectedRows.id_missing],
    [
      'rows without an identifier',
      rejected['identifier_missing'] ?? 0,
      truth.rejectedRows.identifier_missing,
    ],
  ];
  return pairs.map(([what, reported, expected]) => ({
    what,
    reported: reported ?? -1,
    isTrue: reported === expected,
  }));
}
