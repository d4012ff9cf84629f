/** AdCP's own schemas, as its SDK ships them, for tests that look at answers. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

/** The folder of AdCP 3.0 inside the SDK. */
export const sdkSchemas: string = join(
  dirname(createRequire(import.meta.url).resolve('@adcp/sdk/package.json')),
  'dist/lib/schemas-data/3.0',
);

interface OfficialSchema {
  readonly $id?: string;
}

/** Says what is wrong with a body, or nothing: ''. */
export type Check = (name: string, body: unknown) => string;

/** A validator with every schema of the folder; schemas are named by their path without `.json`. */
export function validatorOf(folder: string): Check {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  (addFormats as unknown as (target: Ajv) => void)(ajv);
  const ids = new Map<string, string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json') || file.startsWith('bundled')) continue;
    const schema = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as OfficialSchema;
    if (schema.$id === undefined) continue;
    ids.set(file.slice(0, -5).replaceAll('\\', '/'), schema.$id);
    ajv.addSchema(schema, schema.$id);
  }
  assert.ok(ids.size > 20, `only ${ids.size} schemas in ${folder}`);
  return (name, body) => {
    const validate = ajv.getSchema(ids.get(name) ?? assert.fail(`no schema ${name}`));
    assert.ok(validate !== undefined);
    // What travels is JSON text, not the object.
    return validate(JSON.parse(JSON.stringify(body))) === true ? '' : ajv.errorsText(validate.errors);
  };
}
