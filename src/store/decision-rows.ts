import type { AudienceRow } from './audience-rows.ts';
import { all, type Script } from './script.ts';

const inPackages = `SELECT audience.account_no AS accountNo, audience_no AS audienceNo, audience_id AS audienceId, audience.name,
  audience.description, audience_type AS audienceType, tags, consent_basis AS consentBasis, managed_by AS managedBy,
  last_synced_at AS lastSyncedAt, accepted_seq AS acceptedSeq, counted_seq AS countedSeq,
  counted_graph_version AS countedGraphVersion, member_count AS memberCount, matched_count AS matchedCount, breakdown,
  suspended_reason AS suspendedReason, state = 'live' AS isLive, sandbox AS isSandbox
  FROM audience JOIN account USING (account_no)
  WHERE (account_no, audience_no) IN (SELECT account_no, audience_no FROM package_audience)`;

export interface PackageAudienceRow extends AudienceRow {
  readonly accountNo: number;
  readonly isLive: number;
  readonly isSandbox: number;
}

/** Every audience that a package of any account leans on. For our own decisions. */
export const audiencesInPackages = (): Script<readonly PackageAudienceRow[]> =>
  all<PackageAudienceRow>(inPackages);

const sandboxes = `SELECT account_no AS accountNo FROM account WHERE sandbox = 1`;

/** Numbers of the accounts that are only for trying. */
export function* sandboxAccounts(): Script<ReadonlySet<number>> {
  const rows = yield* all<{ readonly accountNo: number }>(sandboxes);
  return new Set(rows.map(({ accountNo }) => accountNo));
}
