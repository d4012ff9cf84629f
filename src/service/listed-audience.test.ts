import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ListedAudienceRow } from '../store/listed-audience-rows.ts';
import type { ListedAudience } from './advertiser-api.ts';
import { listedAudienceOf } from './listed-audience.ts';

const ready: ListedAudienceRow = {
  audienceId: 'a',
  name: 'A',
  consentBasis: 'consent',
  state: 'live',
  acceptedSeq: 3,
  countedSeq: 3,
  memberCount: 120,
  matchedCount: 100,
  suspendedReason: null,
  failedAt: null,
  createdAt: 1,
  updatedAt: 2,
};

const shown = (changes: Partial<ListedAudienceRow>): string => {
  const row: ListedAudience = listedAudienceOf({ ...ready, ...changes }, { minimumSize: 100 });
  return `${row.status} ${row.memberCount} ${row.matchedCount} ${row.lastOperation}${row.isDeleted ? ' deleted' : ''}`;
};

const counting = { acceptedSeq: 4 };
const failed = { failedAt: 9 };
const offline = { suspendedReason: 'policy' };
const small = { matchedCount: 99 };
const deleted = { state: 'deleted' } as const;

/** Every state of an audience against everything that can have happened to it. */
const table: readonly (readonly [string, Partial<ListedAudienceRow>])[] = [
  ['ready 120 100 completed', {}],
  ['too_small 120 null completed', small],
  ['too_small 0 null completed', { memberCount: 0, matchedCount: 0, acceptedSeq: 0, countedSeq: 0 }],
  ['processing null null processing', counting],
  ['processing null null processing', { ...counting, ...small }],
  ['error 120 100 error', failed],
  ['error 120 null error', { ...failed, ...small }],
  ['processing null null error', { ...failed, ...counting }],
  ['error 120 null completed', offline],
  ['error 120 null error', { ...offline, ...failed }],
  ['error null null processing', { ...offline, ...counting }],
  ['too_small 0 null completed deleted', deleted],
  ['too_small 0 null completed deleted', { ...deleted, ...counting }],
  ['too_small 0 null completed deleted', { ...deleted, ...failed }],
  ['too_small 0 null completed deleted', { ...deleted, ...offline }],
];

for (const [expected, changes] of table) {
  test(`${JSON.stringify(changes)}: ${expected}`, () => {
    assert.equal(shown(changes), expected);
  });
}

test('a number is published exactly where the status does not contradict it', () => {
  for (let bits = 0; bits < 32; bits++) {
    const row = {
      ...ready,
      ...[counting, failed, offline, small, deleted].reduce(
        (all, one, at) => ((bits >> at) & 1 ? { ...all, ...one } : all),
        {},
      ),
    };
    const { status, matchedCount, memberCount, isDeleted } = listedAudienceOf(row, { minimumSize: 100 });
    if (status === 'ready') assert.ok((matchedCount ?? 0) >= 100);
    if (status === 'too_small' || status === 'processing') assert.equal(matchedCount, null);
    if (isDeleted) assert.equal(memberCount, 0);
  }
});
