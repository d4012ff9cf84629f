import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createEventMemory } from './event-memory.ts';

test('as a slow model says, with little room', () => {
  const room = 3;
  const event = fc.record({
    sender: fc.constantFrom('s', 't'),
    idempotencyKey: fc.constantFrom('a', 'b', 'c', 'd'),
    body: fc.constantFrom('1', '2').map((text) => Buffer.from(text)),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const memory = createEventMemory(room);
      /** The deliveries of what is still remembered, by event, the one seen last at the end. */
      let model: { name: string; bodies: string[]; atMs: number }[] = [];
      for (const [atMs, one] of events.entries()) {
        const name = `${one.sender}/${one.idempotencyKey}`;
        const known = model.find((kept) => kept.name === name) ?? { name, bodies: [], atMs };
        const bodies = [...known.bodies, one.body.toString()];
        assert.deepEqual(memory.see({ ...one, atMs }), {
          attempt: bodies.length,
          isSameBody: bodies[0] === bodies.at(-1),
          sincePreviousMs: bodies.length === 1 ? null : atMs - known.atMs,
        });
        model = [...model.filter((kept) => kept !== known), { name, bodies, atMs }].slice(-room);
      }
    }),
  );
});
