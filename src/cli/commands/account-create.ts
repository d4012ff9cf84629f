import { boolean, text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { accountJson } from '../account-view.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

/** Source: AdCP `core/brand-ref.json`. */
const domainPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const accountIdPattern = /^[A-Za-z0-9_.:-]{1,255}$/;

export const command = defineCommand({
  name: 'account create',
  summary: 'Create an account',
  options: {
    data: dataOption,
    id: text({
      name: 'id',
      fallback: '',
      setting: false,
      placeholder: 'ID',
      help: 'Id of the account; made up if left out.',
    }),
    brand: text({
      name: 'brand',
      fallback: '',
      setting: false,
      placeholder: 'DOMAIN',
      example: 'acme.example',
      help: 'Domain of the advertised brand.',
    }),
    brandId: text({
      name: 'brand-id',
      fallback: '',
      setting: false,
      placeholder: 'ID',
      help: 'Which brand of the domain, if it has several.',
    }),
    operator: text({
      name: 'operator',
      fallback: '',
      setting: false,
      placeholder: 'DOMAIN',
      help: 'Domain of who acts for the brand; the brand itself if left out.',
    }),
    name: text({ name: 'name', fallback: '', setting: false, placeholder: 'NAME', help: 'Name for people.' }),
    sandbox: boolean({
      name: 'sandbox',
      fallback: false,
      setting: false,
      help: 'For tests: an audience is ready from 1 matched member.',
    }),
  },
  async run({ values, terminal, json }) {
    // A directory of one's own to start with needs no brand; scripts may name only an id.
    const brand = values.brand === '' ? 'unnamed.example' : values.brand.toLowerCase();
    const operator = values.operator === '' ? brand : values.operator.toLowerCase();
    for (const [option, domain] of [
      ['--brand', brand],
      ['--operator', operator],
    ] as const) {
      if (!domainPattern.test(domain)) throw new UsageFault(`${option} takes a domain such as acme.example.`);
    }
    if (values.id !== '' && !accountIdPattern.test(values.id)) {
      throw new UsageFault('--id takes up to 255 letters, digits and . _ : - characters.');
    }
    const account = await withAdmin(values.data, async (admin) =>
      admin.createAccount({
        accountId: values.id === '' ? null : values.id,
        brandDomain: brand,
        brandId: values.brandId === '' ? null : values.brandId,
        operator,
        sandbox: values.sandbox,
        name: values.name === '' ? null : values.name,
      }),
    );
    terminal.print(`Created account ${account.accountId}.`);
    terminal.say(`Next: rollcall key create --account ${account.accountId}`);
    if (json) terminal.json(accountJson(account));
    return exitCodes.ok;
  },
});
