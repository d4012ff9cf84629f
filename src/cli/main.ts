#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

import { UsageFault } from '../server/options-table.ts';
import { settings } from '../server/options.ts';
import { commandEntries } from './commands/index.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';
import { takeSecretFiles } from './secret-files.ts';

/** The entry of the program: joins the real world to it. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted && signal === 'SIGINT') process.exit(130);
    stop.abort();
  });
}
// `rollcall … | head` closes our stdout early; that is the reader's right and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  takeSecretFiles(process.env, settings, (path) => readFileSync(path, 'utf8'));
} catch (error) {
  if (!(error instanceof UsageFault)) throw error;
  process.stderr.write(`rollcall: ${error.message}\n`);
  process.exit(exitCodes.usage);
}

const code = await runProgram({
  words: process.argv.slice(2),
  entries: commandEntries,
  settings,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version: readVersion(),
  readConfig,
  signal: stop.signal,
});
await new Promise((done) => process.stdout.write('', done));
process.exit(code);

/** The package's own version; the file lies two folders up in source and in a build alike. */
function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function readConfig(path: string | null): unknown {
  const file = path ?? 'rollcall.config.json';
  if (!existsSync(file)) {
    if (path === null) return null;
    throw new UsageFault(`There is no configuration file ${file}.`);
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's own message quotes the file, which may hold a secret.
    throw new UsageFault(`${file} is not valid JSON.`);
  }
}
