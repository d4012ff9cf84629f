import assert from 'node:assert/strict';
import { it } from 'node:test';

import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { refuseCredentials } from './credentials.ts';

function found(args: JsonObject): string | undefined {
  try {
    refuseCredentials(args);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'CREDENTIAL_IN_ARGS');
    assert.ok(!error.message.includes('s3cret'));
    return error.info.field;
  }
}

it('finds a credential at any depth, in context and ext too', () => {
  assert.equal(found({ api_key: 's3cret' }), 'api_key');
  assert.equal(
    found({ context: { a: [{ oauth_access_token: 's3cret' }] } }),
    'context.a[0].oauth_access_token',
  );
  assert.equal(found({ ext: { 'Client-Secret': 's3cret' } }), 'ext.Client-Secret');
  for (const name of ['apiKey', 'bearer', 'Authorization', 'jwk', 'jwks', 'jwks_uri', 'access_token']) {
    assert.equal(found({ ext: { [name]: 's3cret' } }), `ext.${name}`);
  }
});

it('leaves what a webhook needs, and words that only look similar', () => {
  assert.equal(
    found({
      push_notification_config: { token: 'x', authentication: { schemes: ['Bearer'], credentials: 'y' } },
      idempotency_key: 'k',
      context: { bearer_of_news: 1, keys: [1] },
    }),
    undefined,
  );
});
