/**
 * `npm run build [-- --out DIR]`: JavaScript for publishing, in dist/. Development needs no build: Node runs the
 * TypeScript itself.
 */
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { runBuild } from './tidy/tools.ts';
import { root } from './tidy/tree.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
const out = resolve(root, values.out);

rmSync(out, { recursive: true, force: true });
const { ok, output } = await runBuild(out);
const entry = join(out, 'cli', 'main.js');
if (!ok || !existsSync(entry)) {
  console.error(output.trim() === '' ? `The build wrote no ${entry}.` : output);
  process.exit(1);
}
// What is no TypeScript travels as it is; the compiler leaves it behind.
cpSync(join(root, 'src'), out, { recursive: true, filter: (path) => !path.endsWith('.ts') });
chmodSync(entry, 0o755);
console.log(`Built ${out}.`);
