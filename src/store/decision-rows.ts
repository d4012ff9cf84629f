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

const packages = `SELECT package_id AS packageId, package_no AS packageNo, media_package.account_no AS accountNo,
  sandbox AS isSandbox, start_at AS startAt, end_at AS endAt,
  media_package.paused + media_buy.paused = 0 AND media_package.canceled_at IS NULL AND media_buy.canceled_at IS NULL
    AND rejected_at IS NULL AND confirmed_at IS NOT NULL AS isLive
  FROM media_package JOIN media_buy USING (account_no, buy_no) JOIN account USING (account_no) ORDER BY package_no`;
const overlays = `SELECT package_no AS packageNo, audience_no AS audienceNo, side FROM package_audience
  ORDER BY package_no`;

export interface DecisionPackageRow {
  readonly packageId: string;
  readonly packageNo: number;
  readonly accountNo: number;
  readonly isSandbox: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly isLive: number;
}

export interface PackageOverlayRow {
  readonly packageNo: number;
  readonly audienceNo: number;
  readonly side: 'include' | 'exclude';
}

/** Packages of every account. For our own decisions. */
export const everyPackage = (): Script<readonly DecisionPackageRow[]> => all<DecisionPackageRow>(packages);

/** The audiences that packages of every account lean on. For our own decisions. */
export const everyOverlay = (): Script<readonly PackageOverlayRow[]> => all<PackageOverlayRow>(overlays);
