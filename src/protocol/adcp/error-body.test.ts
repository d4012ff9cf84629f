import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { AppError, faults } from '../../base/faults.ts';
import type { FaultCode } from '../../base/faults.ts';
import { errorBytesMax, errorOfFault } from './error-body.ts';
import { errorWord } from './error-codes.ts';
import { fieldOf, pointerOf, pointerOfField, RequestFault } from './issues.ts';

/** legacy, 3.0, 3.1 */
const words: Record<FaultCode, readonly [string, string, string]> = {
  INVALID_REQUEST: ['INVALID_REQUEST', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  INVALID_HASH: ['INVALID_HASH_FORMAT', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  CALL_TOO_LARGE: ['CALL_TOO_LARGE', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  BODY_TOO_LARGE: ['CALL_TOO_LARGE', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  UNSUPPORTED_ENCODING: ['INVALID_REQUEST', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  UNSUPPORTED_FEATURE: ['UNSUPPORTED_FEATURE', 'UNSUPPORTED_FEATURE', 'UNSUPPORTED_FEATURE'],
  VERSION_UNSUPPORTED: ['VERSION_UNSUPPORTED', 'VERSION_UNSUPPORTED', 'VERSION_UNSUPPORTED'],
  AUTH_MISSING: ['AUTH_REQUIRED', 'AUTH_REQUIRED', 'AUTH_MISSING'],
  AUTH_INVALID: ['AUTH_REQUIRED', 'AUTH_REQUIRED', 'AUTH_INVALID'],
  SIGNATURE_REFUSED: ['AUTH_REQUIRED', 'AUTH_REQUIRED', 'AUTH_INVALID'],
  SCOPE_INSUFFICIENT: ['PERMISSION_DENIED', 'PERMISSION_DENIED', 'SCOPE_INSUFFICIENT'],
  PERMISSION_DENIED: ['PERMISSION_DENIED', 'PERMISSION_DENIED', 'PERMISSION_DENIED'],
  CREDENTIAL_IN_ARGS: ['INVALID_REQUEST', 'INVALID_REQUEST', 'CREDENTIAL_IN_ARGS'],
  ACCOUNT_NOT_FOUND: ['ACCOUNT_NOT_FOUND', 'ACCOUNT_NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
  ACCOUNT_SUSPENDED: ['ACCOUNT_SUSPENDED', 'ACCOUNT_SUSPENDED', 'ACCOUNT_SUSPENDED'],
  ACCOUNT_SETUP_REQUIRED: ['ACCOUNT_SETUP_REQUIRED', 'ACCOUNT_SETUP_REQUIRED', 'ACCOUNT_SETUP_REQUIRED'],
  ACCOUNT_PAYMENT_REQUIRED: [
    'ACCOUNT_PAYMENT_REQUIRED',
    'ACCOUNT_PAYMENT_REQUIRED',
    'ACCOUNT_PAYMENT_REQUIRED',
  ],
  ACCOUNT_AMBIGUOUS: ['ACCOUNT_AMBIGUOUS', 'ACCOUNT_AMBIGUOUS', 'ACCOUNT_AMBIGUOUS'],
  AUDIENCE_NOT_FOUND: ['AUDIENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND'],
  SALES_AGENT_NOT_FOUND: ['REFERENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND'],
  VALIDATION_ERROR: ['VALIDATION_ERROR', 'VALIDATION_ERROR', 'VALIDATION_ERROR'],
  PRODUCT_NOT_FOUND: ['PRODUCT_NOT_FOUND', 'PRODUCT_NOT_FOUND', 'PRODUCT_NOT_FOUND'],
  MEDIA_BUY_NOT_FOUND: ['MEDIA_BUY_NOT_FOUND', 'MEDIA_BUY_NOT_FOUND', 'MEDIA_BUY_NOT_FOUND'],
  PACKAGE_NOT_FOUND: ['PACKAGE_NOT_FOUND', 'PACKAGE_NOT_FOUND', 'PACKAGE_NOT_FOUND'],
  BUDGET_TOO_LOW: ['BUDGET_TOO_LOW', 'BUDGET_TOO_LOW', 'BUDGET_TOO_LOW'],
  TERMS_REJECTED: ['TERMS_REJECTED', 'TERMS_REJECTED', 'TERMS_REJECTED'],
  INVALID_STATE: ['INVALID_STATE', 'INVALID_STATE', 'INVALID_STATE'],
  NOT_CANCELLABLE: ['NOT_CANCELLABLE', 'NOT_CANCELLABLE', 'NOT_CANCELLABLE'],
  CONFLICT: ['CONFLICT', 'CONFLICT', 'CONFLICT'],
  TASK_NOT_FOUND: ['REFERENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND'],
  BILLING_NOT_SUPPORTED: ['UNSUPPORTED_FEATURE', 'UNSUPPORTED_FEATURE', 'BILLING_NOT_SUPPORTED'],
  UNSUPPORTED_PROVISIONING: ['UNSUPPORTED_FEATURE', 'UNSUPPORTED_FEATURE', 'UNSUPPORTED_PROVISIONING'],
  IDEMPOTENCY_CONFLICT: ['IDEMPOTENCY_CONFLICT', 'IDEMPOTENCY_CONFLICT', 'IDEMPOTENCY_CONFLICT'],
  IDEMPOTENCY_EXPIRED: ['IDEMPOTENCY_EXPIRED', 'IDEMPOTENCY_EXPIRED', 'IDEMPOTENCY_EXPIRED'],
  IDEMPOTENCY_IN_FLIGHT: ['CONFLICT', 'CONFLICT', 'IDEMPOTENCY_IN_FLIGHT'],
  RATE_LIMITED: ['RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED'],
  OPERATION_UNAPPLIED: ['INVALID_STATE', 'INVALID_STATE', 'INVALID_STATE'],
  SERVICE_UNAVAILABLE: ['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
  CONFIGURATION_ERROR: ['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 'CONFIGURATION_ERROR'],
};

describe('words for faults', () => {
  for (const code of Object.keys(faults) as FaultCode[]) {
    it(code, () => {
      const said = (['legacy', '3.0', '3.1'] as const).map((generation) => errorWord(code, generation).code);
      assert.deepEqual(said, words[code]);
    });
  }

  it('each names the other where they differ, and nothing where they do not', () => {
    assert.deepEqual(errorWord('AUDIENCE_NOT_FOUND', 'legacy').other, {
      current_code: 'REFERENCE_NOT_FOUND',
    });
    assert.deepEqual(errorWord('AUDIENCE_NOT_FOUND', '3.0').other, { legacy_code: 'AUDIENCE_NOT_FOUND' });
    assert.equal(errorWord('RATE_LIMITED', '3.0').other, undefined);
  });
});

describe('errors on the wire', () => {
  it('carries field, suggestion, wait and details', () => {
    const fault = new AppError('RATE_LIMITED', 'Slow down.', {
      field: 'a[0].b',
      suggestion: 'Wait.',
      retryAfterSeconds: 0.2,
      details: { limit: 5 },
    });
    assert.deepEqual(errorOfFault(fault, '3.1'), {
      code: 'RATE_LIMITED',
      message: 'Slow down.',
      recovery: 'transient',
      field: 'a[0].b',
      suggestion: 'Wait.',
      retry_after: 1,
      details: { limit: 5 },
    });
    assert.equal(
      errorOfFault(new AppError('RATE_LIMITED', '', { retryAfterSeconds: 9e9 }), '3.0')['retry_after'],
      3600,
    );
  });

  it('field equals the first pointer; before 3.1 issues lie in details', () => {
    const fault = new RequestFault(
      [{ path: ['audiences', 3, 'name'], keyword: 'type', message: 'must be text.' }],
      1,
    );
    const issues = [{ pointer: '/audiences/3/name', message: 'must be text.', keyword: 'type' }];
    const body = {
      code: 'INVALID_REQUEST',
      message: 'must be text.',
      recovery: 'correctable',
      field: 'audiences[3].name',
    };
    assert.deepEqual(errorOfFault(fault, '3.1'), { ...body, issues });
    assert.deepEqual(errorOfFault(fault, '3.0'), { ...body, details: { issues } });
  });

  it('pointer and field are the same path in two notations', () => {
    const step = fc.oneof(fc.stringMatching(/^[a-z_]{1,10}$/), fc.nat(100_000));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_]{1,10}$/), fc.array(step, { maxLength: 6 }), (root, rest) => {
        const path = [root, ...rest];
        assert.equal(pointerOfField(fieldOf(path)), pointerOf(path));
      }),
    );
  });

  it('never exceeds its size, whatever is in it', () => {
    const issue = fc.record({
      path: fc.array(fc.oneof(fc.string({ maxLength: 100, unit: 'binary' }), fc.nat()), {
        minLength: 1,
        maxLength: 8,
      }),
      keyword: fc.constant('type' as const),
      message: fc.string({ maxLength: 900, unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.array(issue, { minLength: 1, maxLength: 8 }), (issues) => {
        const body = errorOfFault(new RequestFault(issues, issues.length), '3.0');
        assert.ok(Buffer.byteLength(JSON.stringify(body)) <= errorBytesMax);
        const text = errorOfFault(
          new AppError('INVALID_REQUEST', 'm', { details: { x: 'y'.repeat(9_000) } }),
          '3.1',
        );
        assert.equal(text['details'], undefined);
      }),
    );
  });
});
