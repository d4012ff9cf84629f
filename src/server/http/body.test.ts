import assert from 'node:assert/strict';
import { it } from 'node:test';

import fc from 'fast-check';

import { createBodyMemory } from './body-memory.ts';
import { createBodySink } from './body-sink.ts';
import { createHostCheck } from './host-check.ts';

const MiB = 1024 * 1024;

it('a sink holds what was pushed, like one long concatenation', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 12 });
  const expected = fc.option(fc.nat(20_000));
  fc.assert(
    fc.property(chunks, expected, fc.integer({ min: 1, max: 20_000 }), (pieces, announced, bytesMax) => {
      const memory = createBodyMemory(64 * MiB);
      const sink = createBodySink(memory, announced, bytesMax);
      const whole = Buffer.concat(pieces);
      let refused = false;
      for (const piece of pieces) {
        if (sink.push(piece) === null) continue;
        refused = true;
        break;
      }
      assert.equal(refused, whole.length > bytesMax);
      if (!refused) assert.deepEqual(Buffer.from(sink.bytes.slice(0, sink.length)), whole);
      assert.ok(sink.bytes.length === 0 || sink.bytes.buffer instanceof SharedArrayBuffer);
      sink.release();
      sink.release();
      assert.equal(memory.usedBytes, 0);
    }),
  );
});

it('a promise of many bytes holds little memory until they come', () => {
  const memory = createBodyMemory(64 * MiB);
  const sink = createBodySink(memory, 60 * MiB, 64 * MiB);
  sink.push(new Uint8Array(10));
  assert.equal(memory.usedBytes, MiB);
});

it('all bodies together are bounded, and memory that is given back serves again', () => {
  const memory = createBodyMemory(10 * MiB);
  const first = memory.take(4 * MiB - 5);
  assert.equal(first?.length, 4 * MiB);
  assert.equal(memory.take(7 * MiB), null);
  assert.equal(memory.usedBytes, 4 * MiB);
  memory.give(first ?? assert.fail());
  const again = memory.take(3 * MiB);
  assert.equal(again, first);
  memory.give(again ?? assert.fail());
  assert.notEqual(memory.take(1 * MiB), first, 'much larger than asked for');
});

it('on the loopback address only known names are served', () => {
  const isServed = createHostCheck('127.0.0.1', ['Ads.Example']);
  for (const good of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:99', '[::1]', 'ads.example:443']) {
    assert.ok(isServed(good), good);
  }
  for (const bad of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.2',
    '127.0.0.1.evil.example:80',
  ]) {
    assert.ok(!isServed(bad), String(bad));
  }
  assert.ok(createHostCheck('0.0.0.0', [])('anything.example'));
});
