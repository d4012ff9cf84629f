import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AppError, faults, type FaultCode } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { RequestFault } from '../adcp/issues.ts';
import { httpStatusOf } from '../http-status.ts';
import { openApiDocument } from './openapi.ts';
import { refusalOf, restCodes } from './rest-errors.ts';

interface Body {
  readonly data: null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly field?: string;
    readonly details: JsonObject;
  };
}

const told = (fault: AppError): Body['error'] => (JSON.parse(refusalOf(fault).body ?? '') as Body).error;

test('every fault has a documented status and a word of this API, and repeats the word in its details', () => {
  const { responses } = openApiDocument()['components'] as { readonly responses: JsonObject };
  for (const code of Object.keys(faults) as FaultCode[]) {
    const { status, body, headers } = refusalOf(new AppError(code));
    const { data, error } = JSON.parse(body ?? '') as Body;
    assert.equal(data, null);
    assert.ok((restCodes as readonly string[]).includes(error.code), code);
    assert.deepEqual([error.details['code'], error.details['fault']], [error.code, code]);
    assert.equal(error.details['recovery'], faults[code].recovery);
    assert.ok(Object.hasOwn(responses, status) || code === 'CONFIGURATION_ERROR', `${code}: ${status}`);
    assert.equal('retry-after' in headers, status === 429 || status === 503, code);
    assert.equal('www-authenticate' in headers, status === 401, code);
    assert.doesNotMatch(error.message, /idempotency_key|account/i.test(code) ? /idempotency_key/ : /_id\b/);
  }
});

test('a status differs from that of the other doors only where Scope3 has a word of its own', () => {
  const differing = (Object.keys(faults) as FaultCode[]).filter(
    (code) => refusalOf(new AppError(code)).status !== httpStatusOf[code],
  );
  assert.deepEqual(differing, ['CALL_TOO_LARGE', 'ACCOUNT_PAYMENT_REQUIRED', 'UNSUPPORTED_PROVISIONING']);
});

test('an unknown advertiser is one answer, whatever the fault knows of it', () => {
  const plain = refusalOf(new AppError('ACCOUNT_NOT_FOUND')).body;
  const other = { field: 'account.account_id', suggestion: 'Call list_accounts.' };
  assert.equal(refusalOf(new AppError('ACCOUNT_NOT_FOUND', 'Somebody else has it.', other)).body, plain);
});

test('fields and sentences are in the words of this API, and details in camel case', () => {
  const error = told(
    new AppError('INVALID_REQUEST', 'external_id is a string.', {
      field: 'audiences[3].add[5].hashed_email',
      suggestion: 'Send hashed_phone or another idempotency_key.',
      details: { limit_name: 'x', accepted_values: ['a_b'] },
    }),
  );
  assert.deepEqual(
    [error.message, error.field],
    ['externalId is a string.', 'audiences[3].add[5].hashedEmail'],
  );
  assert.deepEqual(error.details, {
    code: 'VALIDATION_ERROR',
    fault: 'INVALID_REQUEST',
    recovery: 'correctable',
    suggestion: 'Send hashedPhone or another Idempotency-Key.',
    limitName: 'x',
    acceptedValues: ['a_b'],
  });
});

test('issues are listed when there are several, with no value in them', () => {
  const issue = (name: string) => ({
    path: ['audiences', 0, name],
    keyword: 'type' as const,
    message: `${name} is bad.`,
  });
  assert.equal(told(new RequestFault([issue('a')], 1)).details['issues'], undefined);
  assert.deepEqual(told(new RequestFault([issue('a'), issue('b')], 12)).details['issues'], [
    { field: 'audiences[0].a', message: 'a is bad.', keyword: 'type' },
    { field: 'audiences[0].b', message: 'b is bad.', keyword: 'type' },
  ]);
});
