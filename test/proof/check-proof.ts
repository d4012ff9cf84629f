import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Proof } from './proof.ts';

/** A proof in `npm test`: it holds a few times, and each planted fault is found. */
/** `whyNot`: what is missing on this machine; null: nothing. */
export function checkProof(proof: Proof, whyNot: string | null = null): void {
  const skip = whyNot ?? false;
  // Another seed each day would make a red run hard to repeat; the long run takes its own.
  const options = { seed: 1, say: () => {} };
  test(`${proof.shortCount} ${proof.unit}: ${proof.promise}`, { skip }, async () => {
    const result = await proof.run({ ...options, count: proof.shortCount });
    assert.deepEqual(result.broken, []);
    assert.ok(result.tried >= proof.shortCount, `${result.tried} ${proof.unit} were tried`);
    console.log(`${proof.name}: ${result.tried} ${proof.unit}`, result.figures);
  });
  for (const fault of proof.planted.filter(({ isSlow }) => isSlow !== true))
    test(`${proof.name} finds a planted fault: ${fault.name}`, { skip }, async () => {
      const result = await fault.run({ ...options, count: fault.count });
      assert.ok(result.broken.length > 0, `not found in ${result.tried} ${proof.unit}`);
    });
  assert.ok(proof.planted.length > 0, 'a proof that has never failed proves nothing');
}
