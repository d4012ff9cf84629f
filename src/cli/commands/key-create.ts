import { integer, list, text, UsageFault } from '../../server/options-table.ts';
import { dataOption, networksNamed } from '../../server/options.ts';
import { limits } from '../../base/limits.ts';
import { systemClock } from '../../platform/clock.ts';
import { scopes, sellerScopes, type Scope } from '../../service/scopes.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { day, keyJson } from '../key-view.ts';
import { withAdmin } from '../with-admin.ts';

const dayMs = 24 * 3_600_000;

function scopeNamed(word: string): Scope {
  const all: readonly Scope[] = [...scopes, ...sellerScopes];
  const found = all.find((scope) => scope === word);
  if (found !== undefined) return found;
  throw new UsageFault(`scope takes one of ${all.join(', ')}.`);
}

/** A buyer's key is for accounts, the ad server's for all of them. */
function requireAccounts(accounts: readonly string[], wanted: readonly Scope[]): void {
  if (!wanted.includes('decisions')) {
    if (accounts.length === 0) throw new UsageFault('Say which account the key is for: --account ID.');
  } else if (wanted.length > 1 || accounts.length > 0) {
    throw new UsageFault(
      'A key with the scope decisions is for your own ad server, which asks about every account: leave --account and other scopes out.',
    );
  }
}

const networks = networksNamed('allow-from');

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
      help: `What the key may do: ${scopes.join(', ')}; all of them unless said; may be repeated. For your own ad server: decisions.`,
    }),
    allowFrom: {
      ...list({
        name: 'allow-from',
        fallback: [],
        setting: false,
        placeholder: 'CIDR',
        help: 'Address or network that the key may be used from, such as 203.0.113.0/24; from everywhere unless said; may be repeated.',
      }),
      parse: networks,
    },
  },
  async run({ values, terminal, json }) {
    const expiresAtMs = values.days === 0 ? null : systemClock.now() + values.days * dayMs;
    const { allowFrom } = values;
    if (allowFrom.length > limits.keyNetworkCountMax)
      throw new UsageFault(`allow-from takes at most ${limits.keyNetworkCountMax} networks for one key.`);
    const wanted = values.scope.map(scopeNamed);
    requireAccounts(values.account, wanted);
    const { key, view } = await withAdmin(values.data, async (admin) =>
      admin.createKey({
        ...{ accountIds: values.account, name: values.name, expiresAtMs },
        ...{ scopes: wanted, allowFrom },
      }),
    );
    if (expiresAtMs !== null)
      terminal.say(`It expires on ${day(expiresAtMs)}; before that: rollcall key rotate ${view.keyId}`);
    if (allowFrom.length > 0) terminal.say(`It works from ${allowFrom.join(', ')} only.`);
    terminal.say('This key is shown once; only a keyed hash of it is kept.');
    terminal.print(key);
    if (json) terminal.json(keyJson(key, view));
    return exitCodes.ok;
  },
});
