import { start } from './0001-start.ts';
import { buyerApi } from './0002-buyer-api.ts';
import { hiddenPieces } from './0003-hidden-pieces.ts';
import { syndication } from './0004-syndication.ts';
import { webhooks } from './0005-webhooks.ts';
import { signers } from './0006-signers.ts';
import { keys } from './0007-keys.ts';
import { audit } from './0008-audit.ts';
import { keyNetworks } from './0009-key-networks.ts';
import { lifecycle } from './0010-lifecycle.ts';
import { mediaBuys } from './0011-media-buys.ts';
import { impressions } from './0012-impressions.ts';
import { memberDigest } from './0013-member-digest.ts';
import { leases } from './0014-leases.ts';
import { nodes } from './0015-nodes.ts';
import { commitMarks } from './0016-commit-marks.ts';
import type { Migration } from './migration.ts';

export type { Migration } from './migration.ts';

/** Every migration, in order. */
export const migrations: readonly Migration[] = [
  start,
  buyerApi,
  hiddenPieces,
  syndication,
  webhooks,
  signers,
  keys,
  audit,
  keyNetworks,
  lifecycle,
  mediaBuys,
  impressions,
  memberDigest,
  leases,
  nodes,
  commitMarks,
];
