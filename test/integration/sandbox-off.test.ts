import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSeller } from '../support/seller.ts';

test('with sandbox off a sandbox account answers like an unknown one, and none is declared', async () => {
  const seller = await startSeller({ sandbox: false });
  try {
    const ask = async (account: object): Promise<Record<string, unknown>> => {
      const { timestamp: _, ...body } = await seller.call('sync_audiences', {
        idempotency_key: 'sandbox-off-test-key',
        adcp_version: '3.1',
        account,
      });
      return body;
    };
    const own = await ask({ account_id: seller.accountId });
    assert.equal((own['adcp_error'] as { code: string }).code, 'ACCOUNT_NOT_FOUND');
    assert.deepEqual(own, await ask({ account_id: 'acct_nobody' }));
    const natural = { brand: { domain: 'new.example' }, operator: 'new.example' };
    const refused = await ask({ ...natural, sandbox: true });
    assert.equal((refused['adcp_error'] as { code: string }).code, 'ACCOUNT_NOT_FOUND');
    assert.equal((await ask(natural))['status'], 'completed');
  } finally {
    await seller.close();
  }
});
