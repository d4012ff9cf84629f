import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPatientTime } from './patient-time.ts';

const day = 86_400_000;

test('nothing is older than the time that really passed, nor than the wall clock says', () => {
  let [wall, steady] = [1_000 * day, 77];
  const patientNow = createPatientTime({ now: () => wall, monotonic: () => steady });
  const pass = (ms: number): void => {
    wall += ms;
    steady += ms;
  };
  pass(day);
  assert.equal(patientNow(), 1_001 * day);
  wall += 400 * day;
  assert.equal(patientNow(), 1_001 * day, 'set forward');
  pass(day);
  assert.equal(patientNow(), 1_002 * day);
  wall -= 403 * day;
  assert.equal(patientNow(), 999 * day, 'set back');
});
