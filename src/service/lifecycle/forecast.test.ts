import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { createSpeed, forecast, retryAfterSeconds } from './forecast.ts';
import { parseMatchSchedule } from './parse-schedule.ts';

const nowMs = Date.parse('2026-11-26T10:07:00Z');
const schedule = (text: string) => parseMatchSchedule(text, 'UTC') ?? assert.fail(text);
const iso = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().slice(11, 19);

describe('speed', () => {
  test('is not known before something was measured, and not of what nothing was measured like', () => {
    const speed = createSpeed();
    assert.equal(speed.workMs({ operationCount: 1, memberCount: 10 }), null);
    assert.equal(speed.workMs({ operationCount: 0, memberCount: 0 }), 0);
    speed.note(10, 0, 5);
    assert.equal(speed.workMs({ operationCount: 3, memberCount: 30 }), 15);
    assert.equal(
      speed.workMs({ operationCount: 1, memberCount: 100_000 }),
      null,
      'small ones tell nothing of members',
    );
  });

  test('of operations that overlap counts their time once', () => {
    const speed = createSpeed();
    // Four at once, each done 100 ms after the one before it.
    for (let i = 1; i <= 4; i++) speed.note(10_000, 0, 100 * i);
    const ms = speed.workMs({ operationCount: 1, memberCount: 10_000 }) ?? 0;
    assert.ok(Math.abs(ms - 100) < 1e-6, String(ms));
  });

  test('follows what is measured of late', () => {
    const speed = createSpeed();
    for (let i = 0; i < 500; i++) speed.note(1_000, i * 10, i * 10 + 10);
    for (let i = 0; i < 500; i++) speed.note(1_000, 5_000 + i * 40, 5_000 + i * 40 + 40);
    const ms = speed.workMs({ operationCount: 1, memberCount: 1_000 }) ?? 0;
    assert.ok(ms > 39 && ms <= 40, String(ms));
  });
});

describe('a forecast', () => {
  const told = (text: string, workMs: number | null, isBegun = false): readonly unknown[] => {
    const {
      nextRunAtMs,
      expectedAtMs,
      retryAfterSeconds: seconds,
    } = forecast(schedule(text), { workMs, isBegun }, nowMs);
    return [iso(nextRunAtMs), iso(expectedAtMs), seconds];
  };
  const table: readonly (readonly [string, number | null, boolean, readonly unknown[]])[] = [
    ['immediate', null, false, [null, null, 1]],
    ['immediate', 4_200, false, [null, '10:07:04', 5]],
    ['every 15m', null, false, ['10:15:00', null, 480]],
    ['every 15m', 30_000, false, ['10:15:00', '10:15:30', 510]],
    ['every 15m', 30_000, true, [null, '10:07:30', 30]],
    ['every 7m', 1_000, false, ['10:09:00', '10:09:01', 121]],
    ['02:00-03:00', 30_000, false, ['02:00:00', '02:00:30', 3_600]],
    ['10:00-11:00', 30_000, false, [null, '10:07:30', 30]],
    ['10:00-10:08', 90_000, false, [null, '10:00:30', 3_600]],
  ];
  for (const [text, workMs, isBegun, expected] of table) {
    test(`${text}, ${workMs} ms of work${isBegun ? ', begun' : ''}`, () =>
      assert.deepEqual(told(text, workMs, isBegun), expected));
  }

  test('asks for no more than an hour and no less than a second of patience', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (byMs) => {
        const seconds = retryAfterSeconds(nowMs + byMs, nowMs);
        assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 3_600, String(seconds));
        if (byMs > 0 && byMs < 3_599_000) assert.ok(seconds * 1_000 >= byMs - 1, 'not before it is expected');
      }),
    );
  });
});
