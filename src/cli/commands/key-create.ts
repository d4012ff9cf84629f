import { integer, list, text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { systemClock } from '../../platform/clock.ts';
import { scopes, type Scope } from '../../service/scopes.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { day, keyJson } from '../key-view.ts';
import { withAdmin } from '../with-admin.ts';

const dayMs = 24 * 3_600_000;

function scopeNamed(word: string): Scope {
  const found = scopes.find((scope) => scope === word);
  if (found !== undefined) return found;
  throw new UsageFault(`scope takes one of ${scopes.join(', ')}.`);
}

export const command = defineCommand({
  name: 'key create',
  summary: 'Create an API key and show it, once',
  options: {
    data: dataOption,
    account: list({
      name: 'account',
      fallback: [],
      setting: false,
      placeholder: 'ID',
      example: 'acct_12345',
      help: 'Account that the key may use; may be repeated.',
    }),
    name: text({
      name: 'name',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'Whose key this is.',
    }),
    days: integer({
      name: 'days',
      fallback: 90,
      min: 0,
      max: 3_650,
      setting: false,
      placeholder: 'N',
      help: 'Days until the key expires; 0 for never.',
    }),
    scope: list({
      name: 'scope',
      fallback: scopes,
      setting: false,
      placeholder: 'SCOPE',
      help: `What the key may do: ${scopes.join(', ')}; all of them unless said; may be repeated.`,
    }),
  },
  async run({ values, terminal, json }) {
    if (values.account.length === 0) throw new UsageFault('Say which account the key is for: --account ID.');
    const expiresAtMs = values.days === 0 ? null : systemClock.now() + values.days * dayMs;
    const wanted = values.scope.map(scopeNamed);
    const { key, view } = await withAdmin(values.data, async (admin) =>
      admin.createKey({ accountIds: values.account, name: values.name, expiresAtMs, scopes: wanted }),
    );
    if (expiresAtMs !== null)
      terminal.say(`It expires on ${day(expiresAtMs)}; before that: rollcall key rotate ${view.keyId}`);
    terminal.say('This key is shown once; only a keyed hash of it is kept.');
    terminal.print(key);
    if (json) terminal.json(keyJson(key, view));
    return exitCodes.ok;
  },
});
