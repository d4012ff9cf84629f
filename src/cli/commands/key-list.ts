import { dataOption } from '../../server/options.ts';
import { systemClock } from '../../platform/clock.ts';
import type { KeyView } from '../../service/key-scripts.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

const columns = [
  { title: 'key id' },
  { title: 'name' },
  { title: 'accounts' },
  { title: 'created' },
  { title: 'state' },
] as const;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function stateOf({ revokedAtMs, expiresAtMs }: KeyView, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${day(revokedAtMs)}`;
  if (expiresAtMs === null) return 'live';
  return `${expiresAtMs < nowMs ? 'expired' : 'live until'} ${day(expiresAtMs)}`;
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
      day(key.createdAtMs),
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
          created_at: new Date(key.createdAtMs).toISOString(),
          expires_at: key.expiresAtMs === null ? null : new Date(key.expiresAtMs).toISOString(),
          revoked_at: key.revokedAtMs === null ? null : new Date(key.revokedAtMs).toISOString(),
        })),
      });
    return exitCodes.ok;
  },
});
