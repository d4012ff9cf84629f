import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { negotiate } from './releases.ts';

function outcome(operation: string, args: JsonObject): string {
  try {
    return negotiate(operation, args);
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.info.field}`;
    throw error;
  }
}

describe('version negotiation (AdCP versioning, server resolution)', () => {
  const table: readonly (readonly [JsonObject, string])[] = [
    [{ adcp_version: '3.0' }, '3.0'],
    [{ adcp_version: '3.1' }, '3.1'],
    [{ adcp_version: '3.2' }, '3.1'],
    [{ adcp_version: '3.999' }, '3.1'],
    [{ adcp_version: '3.1', adcp_major_version: 3 }, '3.1'],
    [{ adcp_major_version: 3 }, '3.1'],
    [{}, '3.1'],
    [{ adcp_version: '3.1-beta.1' }, 'VERSION_UNSUPPORTED adcp_version'],
    [{ adcp_version: '3.2-beta.5' }, 'VERSION_UNSUPPORTED adcp_version'],
    [{ adcp_version: '99.0' }, 'VERSION_UNSUPPORTED adcp_version'],
    [{ adcp_version: '2.5' }, 'VERSION_UNSUPPORTED adcp_version'],
    [{ adcp_major_version: 99 }, 'VERSION_UNSUPPORTED adcp_major_version'],
    [{ adcp_major_version: 2 }, 'VERSION_UNSUPPORTED adcp_major_version'],
    [{ adcp_version: '3.1', adcp_major_version: 4 }, 'VERSION_UNSUPPORTED adcp_version'],
    [{ adcp_version: '3.1.2' }, 'INVALID_REQUEST adcp_version'],
    [{ adcp_version: 'v3.1' }, 'INVALID_REQUEST adcp_version'],
    [{ adcp_version: '3' }, 'INVALID_REQUEST adcp_version'],
    [{ adcp_version: 3.1 }, 'INVALID_REQUEST adcp_version'],
    [{ adcp_version: null }, 'INVALID_REQUEST adcp_version'],
    [{ adcp_major_version: '3' }, 'INVALID_REQUEST adcp_major_version'],
    [{ adcp_major_version: 0 }, 'INVALID_REQUEST adcp_major_version'],
  ];
  for (const [args, expected] of table) {
    it(`${JSON.stringify(args)} is ${expected}`, () => {
      assert.equal(outcome('list_accounts', args), expected);
    });
  }

  it('takes a sync without key and version for a caller of the first page, and only a sync', () => {
    assert.equal(outcome('sync_audiences', {}), 'legacy');
    assert.equal(outcome('sync_audiences', { idempotency_key: 'k' }), '3.1');
    assert.equal(outcome('sync_audiences', { adcp_major_version: 3 }), '3.1');
    assert.equal(outcome('sync_accounts', {}), '3.1');
  });

  it('names what is served', () => {
    assert.throws(
      () => negotiate('list_accounts', { adcp_version: '4.0' }),
      (error: AppError) => {
        assert.deepEqual(error.info.details, {
          supported_versions: ['3.0', '3.1'],
          supported_majors: [3],
          adcp_version: '4.0',
        });
        return true;
      },
    );
  });
});
