import { integer, text, type Option } from '../server/options-table.ts';

export const webhookAccountOption = text({
  name: 'account',
  fallback: '',
  setting: false,
  placeholder: 'ID',
  help: 'Only those of this account.',
});

/** `help` says what is chosen by it; 0: nothing is. */
export function webhookEndpointOption(help: string): Option<number> {
  return integer({ name: 'endpoint', fallback: 0, min: 0, max: 1_000_000_000, setting: false, help });
}
