#!/usr/bin/env node
/**
 * Runs a script of this repository with a Node that can run it: `node scripts/with-node.mjs FILE [ARGS…]`.
 *
 * This file is plain JavaScript for Node 18 and newer, because it is the one file that an older Node reads.
 * It installs the packages when they are missing or older than the lock file, then finds a Node of at least
 * the version below: the one running now, else the one that the packages brought.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldest = { major: 24, minor: 12 };
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Whether every package that the lock file names is installed in the version that it names. npm writes its own
 * record of what it installed, last of all, so an interrupted installation counts as none.
 */
function isInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'));
  const present = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const found = present.packages[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * `npm install` takes the versions of the lock file and leaves the file alone with --no-save. `npm ci` would refuse:
 * a lock file made where the registry lacks a build for some other system does not list that build.
 */
const installArgs = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];

function install() {
  console.error('Installing packages; this takes a minute or two and happens once …');
  const ownNpm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const result =
    ownNpm !== undefined && /npm-cli\.c?js$/.test(ownNpm)
      ? spawnSync(process.execPath, [ownNpm, ...installArgs], options)
      : spawnSync('npm', installArgs, { ...options, shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(`Installing failed; see the lines above. To try it by hand: npm ${installArgs.join(' ')}`);
    process.exit(1);
  }
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const brought = join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', binary);
  if (existsSync(brought)) return brought;
  console.error(
    `Rollcall needs Node ${oldest.major}.${oldest.minor} or newer; this is ${process.versions.node}, and there is no ` +
      `packaged Node for ${process.platform} ${process.arch}. Install Node 24 and run the same command again.`,
  );
  return process.exit(1);
}

/** Hands on what a supervisor sends. Ctrl-C reaches the child by itself, from the terminal. */
function forwardSignals(child) {
  const signals = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  if (process.stdin.isTTY) process.on('SIGINT', () => undefined);
}

function main() {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) {
    console.error('usage: node scripts/with-node.mjs FILE [ARGS…]');
    process.exit(2);
  }
  if (!isInstalled()) install();
  // What Node has compiled once it need not compile again, also in the threads and processes that it starts.
  const cache = join(root, 'node_modules', '.cache', 'compiled');
  const env = { NODE_COMPILE_CACHE: cache, ...process.env };
  const child = spawn(findNode(), [join(root, script), ...args], { stdio: 'inherit', env });
  forwardSignals(child);
  child.on('error', (error) => {
    console.error(`Node could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

main();
