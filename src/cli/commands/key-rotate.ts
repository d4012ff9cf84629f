import { integer } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { keyJson } from '../key-view.ts';
import { keyNotFound } from '../key-fault.ts';
import { withAdmin } from '../with-admin.ts';

const hourMs = 3_600_000;

export const command = defineCommand({
  name: 'key rotate',
  summary: 'Give a caller a new key; the old one works for a while',
  operands: [{ name: 'KEY_ID', help: 'Id of the old key, as "key list" shows it.', example: '0Nmf91J8qc3y' }],
  options: {
    data: dataOption,
    overlap: integer({
      name: 'overlap',
      fallback: 24,
      min: 0,
      max: 24,
      setting: false,
      placeholder: 'HOURS',
      help: 'Hours for which the old key works beside the new one; 0 ends it at once.',
    }),
  },
  async run({ values, operands, terminal, json }) {
    const keyId = operands[0] ?? '';
    const overlapMs = values.overlap * hourMs;
    const { key, view } = await withAdmin(values.data, async (admin) =>
      admin.rotateKey({ keyId, overlapMs }).catch(keyNotFound),
    );
    terminal.say('This key is shown once; only a keyed hash of it is kept.');
    terminal.say(
      values.overlap === 0
        ? `${keyId} is over; a running server refuses it within 5 seconds.`
        : `${keyId} works for ${values.overlap} more hours.`,
    );
    terminal.print(key);
    if (json) terminal.json(keyJson(key, view));
    return exitCodes.ok;
  },
});
