import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { createTokeniser } from '../../engine/token/tokeniser.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { openStaging } from '../../server/graph/staging.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { CommandFault, exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

/** Ids in one frame of the staged file. */
const batchCount = 50_000;

export const command = defineCommand({
  name: 'graph remove',
  summary: 'Remove the users that a file names',
  operands: [
    { name: 'FILE', help: 'One user id a line; - reads them from standard input.', example: 'leavers.txt' },
  ],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const file = operands[0] ?? '';
    const { applied, ids } = await withAdmin(values.data, async (admin, { secrets }) => {
      const stagedName = `import-${randomUUID()}.tokens`;
      const named = await stageIds(file, join(values.data, stagedName), secrets.tokenKey);
      return { applied: await admin.applyGraph({ stagedName }), ids: named };
    });
    terminal.print(
      `${count(ids)} ids read, ${count(applied.removedEntryCount)} identifiers removed; ${count(applied.personCount)} users are left.`,
    );
    if (json)
      terminal.json({ ids, removed_identifiers: applied.removedEntryCount, users: applied.personCount });
    return exitCodes.ok;
  },
});

async function stageIds(file: string, stagedFile: string, tokenKey: Uint8Array): Promise<number> {
  const tokeniser = createTokeniser(tokenKey, nodePrimitives);
  const staging = openStaging(stagedFile, nodePrimitives);
  let ids = 0;
  let batch: Uint32Array[] = [];
  const flush = (): void => {
    const tokens = new Uint32Array(batch.length * 4);
    batch.forEach((token, at) => tokens.set(token, at * 4));
    if (batch.length > 0) staging.putRemovals('removePersons', tokens);
    batch = [];
  };
  try {
    const input = file === '-' ? process.stdin : createReadStream(file);
    for await (const line of createInterface({ input })) {
      const id = line.replace(/^\uFEFF/, '').trim();
      if (id === '') continue;
      ids += 1;
      batch.push(tokeniser.userToken(id));
      if (batch.length === batchCount) flush();
    }
    flush();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) throw new CommandFault('notFound', `There is no file ${file}.`);
    throw error;
  } finally {
    staging.close();
  }
  return ids;
}
