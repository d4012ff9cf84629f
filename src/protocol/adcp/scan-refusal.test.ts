import assert from 'node:assert/strict';
import { it } from 'node:test';

import { refusalOfScan } from './scan-refusal.ts';

it('names a field from the arguments on, whatever the transport wraps them in', () => {
  const fieldAt = (path: string): string | undefined =>
    refusalOfScan({ kind: 'duplicate_key', path, offset: 1 }).info.field;
  for (const wrapper of [
    'params.arguments',
    'params.message.parts[0].data.input',
    'params.message.parts[12].data.parameters',
  ]) {
    assert.equal(fieldAt(`${wrapper}.audiences[0].add`), 'audiences[0].add');
    assert.equal(fieldAt(wrapper), undefined);
  }
  assert.equal(fieldAt('params.message'), 'params.message');
  assert.equal(fieldAt('audiences[1]'), 'audiences[1]');
});
