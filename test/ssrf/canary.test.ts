/** No packet to a forbidden address: counted by the kernel, in a network of the test's own. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const child = fileURLToPath(new URL('./canary-child.ts', import.meta.url));
const canHaveNamespace =
  process.platform === 'linux' && spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
const skip = canHaveNamespace ? false : 'no network namespace can be made here (unshare -rn, ip)';

interface Result {
  readonly bound: number;
  readonly cases: number;
  readonly opened: readonly string[];
  readonly flips: number;
  readonly flipsToBad: number;
  readonly flipsOpened: number;
  readonly variants: number;
  readonly variantsOpened: number;
  readonly control: string;
  readonly controlReached: number;
  readonly goodOpened: number;
}

test(
  'no connection is opened to a forbidden address, however it is written, named or changed',
  { skip, timeout: 300_000 },
  async (t) => {
    const seed = Date.now() % 2 ** 31;
    const { stdout } = await promisify(execFile)('unshare', ['-rn', process.execPath, child, String(seed)], {
      maxBuffer: 2 ** 24,
    });
    const found = JSON.parse(stdout) as Result;
    t.diagnostic(
      `${found.cases} cases on ${found.bound} addresses, ${found.flips} names that changed, ${found.variants} spellings (seed ${seed})`,
    );
    assert.deepEqual([found.control, found.controlReached], ['reached', 1], 'the canary can be reached');
    assert.equal(found.goodOpened, 1, 'a public address is called, and the kernel counts it');
    assert.ok(found.bound > 40 && found.cases >= 500 && found.flips >= 20);
    assert.deepEqual(found.opened, []);
    assert.equal(found.flipsToBad, 0, 'what was good when it was checked is what is called');
    assert.equal(found.flipsOpened, found.flips, 'once, while the name was good');
    assert.deepEqual([found.variants, found.variantsOpened], [10_000, 0]);
  },
);
