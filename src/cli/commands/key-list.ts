import { dataOption } from '../../server/options.ts';
import { systemClock } from '../../platform/clock.ts';
import type { KeyView } from '../../service/key-scripts.ts';
import { scopes } from '../../service/scopes.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { day } from '../key-view.ts';
import { withAdmin } from '../with-admin.ts';

const dayMs = 24 * 3_600_000;
/** A key that ends so soon wants a successor. */
const warnDays = 14;

const columns = [
  { title: 'key id' },
  { title: 'name' },
  { title: 'accounts' },
  { title: 'may' },
  { title: 'from' },
  { title: 'created' },
  { title: 'last used' },
  { title: 'state' },
] as const;

function stateOf({ revokedAtMs, expiresAtMs }: KeyView, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${day(revokedAtMs)}`;
  if (expiresAtMs === null) return 'live';
  if (expiresAtMs < nowMs) return `expired ${day(expiresAtMs)}`;
  const left = Math.ceil((expiresAtMs - nowMs) / dayMs);
  return left > warnDays ? `live until ${day(expiresAtMs)}` : `live until ${day(expiresAtMs)}: rotate it`;
}

export const command = defineCommand({
  name: 'key list',
  summary: 'List API keys, without the keys themselves',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const keys = await withAdmin(values.data, async (admin) => admin.listKeys({}));
    const nowMs = systemClock.now();
    const rows = keys.map((key) => [
      key.keyId,
      key.name,
      key.accounts.join(' '),
      key.scopes.length === scopes.length ? 'all' : key.scopes.join(' '),
      key.allowFrom.length === 0 ? 'anywhere' : key.allowFrom.join(' '),
      day(key.createdAtMs),
      key.lastUsedAtMs === null ? 'never' : day(key.lastUsedAtMs),
      stateOf(key, nowMs),
    ]);
    if (rows.length === 0) terminal.say('No keys yet. Create one: rollcall key create --account ID');
    else for (const line of table(columns, rows)) terminal.print(line);
    if (json)
      terminal.json({
        keys: keys.map((key) => ({
          key_id: key.keyId,
          name: key.name,
          accounts: key.accounts,
          scopes: key.scopes,
          allow_from: key.allowFrom,
          last_used_at: key.lastUsedAtMs === null ? null : new Date(key.lastUsedAtMs).toISOString(),
          created_at: new Date(key.createdAtMs).toISOString(),
          expires_at: key.expiresAtMs === null ? null : new Date(key.expiresAtMs).toISOString(),
          revoked_at: key.revokedAtMs === null ? null : new Date(key.revokedAtMs).toISOString(),
        })),
      });
    return exitCodes.ok;
  },
});
