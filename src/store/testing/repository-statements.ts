import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface NamedStatement {
  /** File and constant. */
  readonly name: string;
  readonly sql: string;
}

const directory = join(import.meta.dirname, '..');

/** Every SQL constant of the repositories, with `${…}` of other constants of its file filled in. */
export function repositoryStatements(): {
  readonly files: readonly string[];
  readonly statements: readonly NamedStatement[];
} {
  const files = readdirSync(directory).filter((file) => file.endsWith('-rows.ts'));
  return { files, statements: files.flatMap(statementsOf) };
}

function statementsOf(file: string): readonly NamedStatement[] {
  const text = readFileSync(join(directory, file), 'utf8');
  const constants = new Map<string, string>();
  for (const [, name = '', body = ''] of text.matchAll(/^const (\w+) = `([^`]*)`;$/gm)) {
    const whole = body.replace(
      /\$\{(\w+)\}/g,
      (_, other: string) => constants.get(other) ?? assert.fail(other),
    );
    constants.set(name, whole);
  }
  return [...constants]
    .filter(([, sql]) => /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql))
    .map(([name, sql]) => ({ name: `${file} ${name}`, sql }));
}
