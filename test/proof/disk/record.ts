/** Every write, flush and acknowledgement of a server over a file, in their order, recorded by strace. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The files that matter: the third, `-shm`, is made anew after a crash. */
export type FileName = 'rollcall.db' | 'rollcall.db-wal';

export type DiskEvent =
  | { readonly kind: 'write'; readonly file: FileName; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: FileName; readonly size: number }
  | { readonly kind: 'sync'; readonly file: FileName }
  /** A caller has read that its call was accepted. */
  | { readonly kind: 'ack'; readonly name: string };

const calls = 'pwrite64,write,fsync,fdatasync,ftruncate';
/** Longer than any write of SQLite's. */
const bytesShownMax = 1_048_576;
const child = fileURLToPath(new URL('workload-child.ts', import.meta.url));
const relaxedSync = fileURLToPath(new URL('relaxed-sync.mjs', import.meta.url));

/** Why nothing can be recorded here; null: it can. */
export function whyNotRecorded(): string | null {
  if (process.platform !== 'linux') return 'writes are recorded with strace, which is for Linux';
  return spawnSync('strace', ['-V']).status === 0 ? null : 'install the package strace';
}

/** Runs a server and callers until so many calls are acknowledged. `isRelaxed`: with commits that are not flushed. */
export async function record(callCount: number, isRelaxed: boolean): Promise<readonly DiskEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-record-'));
  const trace = join(folder, 'trace');
  try {
    const shown = ['-f', '--seccomp-bpf', '-y', '-xx', '-s', String(bytesShownMax), '-e', `trace=${calls}`];
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const options = isRelaxed ? { NODE_OPTIONS: `--import=${relaxedSync}` } : {};
    const traced = spawn('strace', [...shown, '-o', trace, process.execPath, child, String(callCount)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...environment, ...options, TMPDIR: folder },
    });
    traced.stdout.resume();
    await once(traced, 'exit');
    return await readTrace(trace);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `[pid  ]12 pwrite64(21</data/rollcall.db-wal>, "\\x37…", 24, 32) = 24` and lines in two parts, when threads come between. */
async function readTrace(path: string): Promise<readonly DiskEvent[]> {
  const events: DiskEvent[] = [];
  const begun = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(path, 'latin1') })) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length).trimEnd());
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed === null ? rest : (begun.get(thread) ?? '') + (resumed[1] ?? '');
    const event = eventOf(call);
    if (event !== null) events.push(event);
  }
  return events;
}

function eventOf(call: string): DiskEvent | null {
  const head = /^(\w+)\(\d+<((?:\\x[0-9a-f]{2}|[^>])*)>/.exec(call);
  if (head === null) return null;
  const [start, name, shownPath = ''] = head;
  const path = textOf(shownPath);
  const args = call.slice(start.length);
  if (name === 'write' && !path.includes('rollcall.db')) {
    const [, shown = ''] = /^, "((?:\\x[0-9a-f]{2})*)"/.exec(args) ?? [];
    const [, acknowledged] = /^ack (\S+)\n$/.exec(textOf(shown)) ?? [];
    return acknowledged === undefined ? null : { kind: 'ack', name: acknowledged };
  }
  const file = basename(path);
  if (file !== 'rollcall.db' && file !== 'rollcall.db-wal') return null;
  const result = / = (-?\d+)/.exec(args.slice(args.lastIndexOf(')')))?.[1];
  if (result === undefined || result.startsWith('-')) return null;
  if (name === 'fsync' || name === 'fdatasync') return { kind: 'sync', file };
  if (name === 'ftruncate') return { kind: 'truncate', file, size: Number(/^, (\d+)/.exec(args)?.[1]) };
  if (name !== 'pwrite64') return null;
  const [, shown, offset] = /^, "((?:\\x[0-9a-f]{2})*)", \d+, (\d+)\)/.exec(args) ?? [];
  if (shown === undefined) throw new Error(`a line of strace is not understood: ${call.slice(0, 80)}`);
  return { kind: 'write', file, offset: Number(offset), bytes: bytesOf(shown) };
}

const bytesOf = (shown: string): Buffer => Buffer.from(shown.replaceAll('\\x', ''), 'hex');
const textOf = (shown: string): string =>
  shown.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
