import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { AccountReference } from '../../service/api.ts';
import { ArgumentReader } from './argument-reader.ts';
import { fieldOf } from './issues.ts';
import type { IssueList } from './argument-reader.ts';
import type { Path } from './issues.ts';

const accountIdCharsMax = 255;
const domainCharsMax = 253;

/** Source: AdCP `core/brand-ref.json` and `core/account-ref.json`. */
const domainPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const brandIdPattern = /^[a-z0-9_]+$/;
const domainRule = {
  required: true,
  charsMax: domainCharsMax,
  pattern: domainPattern,
  patternSays: 'a domain in lower case, such as acme.example',
} as const;

/**
 * Parts of an account's identity that later AdCP releases know and this server does not. To ignore one would be
 * to take two accounts for one.
 */
const unknownIdentityFields = ['operator_unit', 'currency', 'timezone'] as const;

function refuseUnknownIdentity(object: JsonObject, path: Path, names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(object, name)) continue;
    throw new AppError('UNSUPPORTED_FEATURE', `This server has no accounts told apart by ${name}.`, {
      field: fieldOf([...path, name]),
      suggestion: 'Leave the field out, or name the account by its account_id.',
    });
  }
}

/** Reads brand, operator and sandbox: the natural key of an account. */
export function readNaturalKey(
  object: JsonObject,
  path: Path,
  issues: IssueList,
): AccountReference | undefined {
  refuseUnknownIdentity(object, path, unknownIdentityFields);
  const reader = new ArgumentReader(object, path, issues);
  const brand = reader.object('brand');
  if (brand === undefined && !reader.has('brand')) reader.missing('brand');
  const operator = reader.string('operator', domainRule);
  const sandbox = reader.boolean('sandbox') ?? false;
  if (brand === undefined) return undefined;
  refuseUnknownIdentity(brand, [...path, 'brand'], ['countries']);
  const brandReader = new ArgumentReader(brand, [...path, 'brand'], issues);
  const brandDomain = brandReader.string('domain', domainRule);
  const brandId = brandReader.string('brand_id', {
    charsMax: accountIdCharsMax,
    pattern: brandIdPattern,
    patternSays: 'made of a-z, 0-9 and _',
  });
  if (brandDomain === undefined || operator === undefined) return undefined;
  return { kind: 'natural', brandDomain, brandId: brandId ?? null, operator, sandbox };
}

/** Reads an account reference: `account_id`, or brand and operator, never both. */
export function readAccountReference(
  holder: ArgumentReader,
  name: string,
  issues: IssueList,
): AccountReference | undefined {
  const object = holder.object(name);
  if (object === undefined) return undefined;
  const path = holder.pathOf(name);
  const reader = new ArgumentReader(object, path, issues);
  const hasNatural = reader.has('brand') || reader.has('operator');
  if (!reader.has('account_id')) {
    if (hasNatural) return readNaturalKey(object, path, issues);
    return holder.issue(name, 'oneOf', 'must hold either account_id, or brand and operator.');
  }
  if (hasNatural) {
    return holder.issue(name, 'oneOf', 'must hold either account_id, or brand and operator, not both.');
  }
  const accountId = reader.string('account_id', { required: true, charsMax: accountIdCharsMax });
  return accountId === undefined ? undefined : { kind: 'id', accountId };
}

/** The same where the reference must be there. */
export function readRequiredAccount(holder: ArgumentReader, issues: IssueList): AccountReference | undefined {
  if (!holder.has('account')) {
    return holder.issue(
      'account',
      'required',
      'is required: { "account_id": … }, or { "brand": { "domain": … }, "operator": … }.',
    );
  }
  return readAccountReference(holder, 'account', issues);
}
