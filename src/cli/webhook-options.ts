import { text } from '../server/options-table.ts';

export const webhookAccountOption = text({
  name: 'account',
  fallback: '',
  setting: false,
  placeholder: 'ID',
  help: 'Only those of this account.',
});
