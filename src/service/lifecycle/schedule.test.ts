import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { isTimeZone, parseMatchSchedule, scheduleWords } from './parse-schedule.ts';
import { finishMs, nextClosingMs, nextOpeningMs, type MatchSchedule } from './schedule.ts';
import { firstMinuteModel, isOpenModel, wallTime } from './schedule.model.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
];
const minute = fc.integer({ min: 0, max: 1_439 });
const window = fc
  .record({ startMinute: minute, endMinute: minute })
  .filter(({ startMinute, endMinute }) => startMinute !== endMinute);
const windows = fc.record({
  kind: fc.constant('windows' as const),
  windows: fc.array(window, { minLength: 1, maxLength: 3 }),
  timeZone: fc.constantFrom(...zones),
});
const hour = 3_600_000;
/** Times around the days on which clocks are put forward or back, and any others. */
const changes = [
  '2026-03-08T07:00Z',
  '2026-03-29T01:00Z',
  '2026-04-04T15:00Z',
  '2026-04-04T14:00Z',
  '2026-09-26T14:00Z',
  '2026-10-03T15:30Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
].map((text) => Date.parse(text));
const time = fc.oneof(
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -26 * hour, max: 3 * hour }))
    .map(([at, by]) => at + by),
  fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2028-01-01') }),
);
const parsed = (text: string, zone = 'UTC'): MatchSchedule =>
  parseMatchSchedule(text, zone) ?? assert.fail(text);
const at = (text: string): number => Date.parse(text);
const iso = (ms: number | null): string => (ms === null ? 'never' : new Date(ms).toISOString());

describe('windows', () => {
  test('open and close at the minute at which a calendar says so, on every day and in every zone', () => {
    fc.assert(
      fc.property(windows, time, (schedule, fromMs) => {
        assert.equal(iso(nextOpeningMs(schedule, fromMs)), iso(firstMinuteModel(schedule, fromMs, true)));
        assert.equal(iso(nextClosingMs(schedule, fromMs)), iso(firstMinuteModel(schedule, fromMs, false)));
      }),
      { numRuns: 50 },
    );
  });

  test('a window in the hour that a spring day lacks opens on the day after', () => {
    const schedule = parsed('02:15-02:45', 'Europe/Berlin');
    assert.equal(iso(nextOpeningMs(schedule, at('2026-03-28T12:00Z'))), '2026-03-30T00:15:00.000Z');
  });

  test('a window in the hour that an autumn day has twice opens twice', () => {
    const schedule = parsed('02:15-02:45', 'Europe/Berlin');
    const first = nextOpeningMs(schedule, at('2026-10-24T12:00Z'));
    const second = nextOpeningMs(schedule, nextClosingMs(schedule, first) ?? 0);
    assert.deepEqual([iso(first), iso(second)], ['2026-10-25T00:15:00.000Z', '2026-10-25T01:15:00.000Z']);
  });

  test('a window over midnight is open on both sides of it', () => {
    const schedule = parsed('22:30-01:15');
    assert.equal(nextOpeningMs(schedule, at('2026-11-26T23:59Z')), at('2026-11-26T23:59Z'));
    assert.equal(iso(nextClosingMs(schedule, at('2026-11-26T23:59Z'))), '2026-11-27T01:15:00.000Z');
    assert.equal(iso(nextOpeningMs(schedule, at('2026-11-27T01:15Z'))), '2026-11-27T22:30:00.000Z');
  });

  test('work that does not fit into one window goes on in the next', () => {
    const schedule = parsed('02:00-03:00');
    const noon = at('2026-11-26T12:00Z');
    assert.equal(iso(finishMs(schedule, noon, 1.5 * hour)), '2026-11-28T02:30:00.000Z');
    assert.equal(finishMs(schedule, noon, 1_000 * hour), null);
  });

  test('what is worked on in windows ends when as many minutes were open', () => {
    fc.assert(
      fc.property(windows, time, fc.integer({ min: 1, max: 300 }), (schedule, fromMs, minutes) => {
        const startMs = Math.ceil(fromMs / 60_000) * 60_000;
        const endMs = finishMs(schedule, startMs, minutes * 60_000);
        if (endMs === null) return;
        let open = 0;
        for (let ms = startMs; ms < endMs; ms += 60_000) if (isOpenModel(schedule, ms)) open++;
        assert.equal(open, minutes, wallTime(startMs, schedule.timeZone));
      }),
      { numRuns: 25 },
    );
  });
});

describe('runs', () => {
  test('are at whole multiples of the interval, so that a restart moves none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), time, (seconds, nowMs) => {
        const everyMs = seconds * 1_000;
        const next = nextOpeningMs({ kind: 'every', everyMs }, nowMs);
        assert.equal(next % everyMs, 0);
        assert.ok(next >= nowMs && next < nowMs + everyMs);
        assert.equal(nextOpeningMs({ kind: 'every', everyMs }, next), next, 'its own time counts as the run');
      }),
    );
    assert.equal(
      iso(nextOpeningMs(parsed('every 15m'), at('2026-11-26T10:07:00Z'))),
      '2026-11-26T10:15:00.000Z',
    );
  });

  test('go on until they are done', () => {
    assert.equal(finishMs(parsed('every 15m'), at('2026-11-26T10:15Z'), 2 * hour), at('2026-11-26T12:15Z'));
  });
});

describe('how a schedule is written', () => {
  const good: readonly (readonly [string, string])[] = [
    ['immediate', 'at once'],
    [' Immediate ', 'at once'],
    ['every 15m', 'every 15 min'],
    ['every 90 s', 'every 90 s'],
    ['every 2h', 'every 2 h'],
    ['every 60s', 'every 1 min'],
    ['02:00-05:00', 'from 02:00 to 05:00 (UTC)'],
    ['2:00 - 5:30, 22:00-24:00', 'from 02:00 to 05:30, from 22:00 to 00:00 (UTC)'],
  ];
  for (const [text, words] of good) test(text, () => assert.equal(scheduleWords(parsed(text)), words));

  const bad = [
    '',
    'every',
    'every 0s',
    'every 25h',
    'every 5d',
    '02:00',
    '02:00-02:00',
    '00:00-24:00',
    '24:00-01:00',
    '02:60-03:00',
    '02:00-25:00',
    '02:00-03:00,',
    'daily',
    Array(25).fill('02:00-03:00').join(),
  ];
  for (const text of bad) {
    test(`not “${text.slice(0, 20)}”`, () => assert.equal(parseMatchSchedule(text, 'UTC'), null));
  }

  test('zones are known by their names', () => {
    assert.deepEqual(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isTimeZone), [
      true,
      true,
      false,
      false,
    ]);
  });
});
