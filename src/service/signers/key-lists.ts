/** Lists of keys that signers publish, each read when it is needed and kept for a while. */
import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../engine/types.ts';
import { keysOfSet } from './jwk-set.ts';

/** A list is read again for a key that it does not have, but not more often than this. Source: AdCP request signing, step 7. */
const cooldownMs = 30_000;
/** A list is not used for longer than this without being read again, so that a key that was taken off it ends. */
const listMsMax = 3_600_000;

type Keys = ReadonlyMap<string, JsonObject>;

interface KeyList {
  readonly keys: Keys | null;
  readonly readAtMs: number;
}

/** `fetchText`: the text at an address, bounded in size and time. Gives null for a list that cannot be had. */
export function createKeyLists(clock: Clock, fetchText: (url: string) => Promise<string>) {
  const lists = new Map<string, KeyList>();
  const reading = new Map<string, Promise<KeyList>>();

  const read = async (url: string): Promise<KeyList> => {
    const keys = await fetchText(url)
      .then(keysOfSet)
      .catch(() => null);
    // A list that cannot be had now is not the end of the one that could.
    const known = lists.get(url);
    const isYoung = known !== undefined && clock.monotonic() - known.readAtMs < listMsMax;
    const list = { keys: keys ?? (isYoung ? known.keys : null), readAtMs: clock.monotonic() };
    lists.set(url, list);
    return list;
  };

  const listOf = async (url: string, keyid: string): Promise<KeyList> => {
    const known = lists.get(url);
    const ageMs = known === undefined ? Infinity : clock.monotonic() - known.readAtMs;
    const isEnough = known?.keys?.has(keyid) === true ? ageMs < listMsMax : ageMs < cooldownMs;
    if (known !== undefined && isEnough) return known;
    const running = reading.get(url) ?? read(url).finally(() => reading.delete(url));
    reading.set(url, running);
    return running;
  };

  return async (url: string, keyid: string): Promise<Keys | null> => (await listOf(url, keyid)).keys;
}
