import { defineCommand } from '../command.ts';
import { pushOptions } from '../push/push-options.ts';
import { runPush } from '../push/run-push.ts';

export const command = defineCommand({
  name: 'push',
  summary: 'Hash a file of customers here and send it to a seller as an audience',
  operands: [
    {
      name: 'FILE',
      help: 'Customers: CSV, TSV, NDJSON or Parquet, in clear text or hashed already.',
      example: 'customers.csv',
    },
  ],
  options: pushOptions,
  async run({ values, operands, terminal, json, signal }) {
    return runPush({ file: operands[0] ?? '', values, terminal, json, signal });
  },
});
