import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import {
  preparePeople,
  type PrepareOptions,
  type PrepareReport,
} from '../../client/prepare/prepare-people.ts';
import type { PeopleBatch } from '../../client/prepare/people-batch.ts';
import { must } from '../../base/assert.ts';
import { FileFault } from '../../client/file-fault.ts';
import { CommandFault } from '../exit-codes.ts';
import { createTokeniser, type Tokeniser } from '../../engine/token/tokeniser.ts';
import { identifierCodes, userIdType } from '../../base/identifier-types.ts';
import { createRecipeCollector, type RecipeCollector } from '../../engine/forensics/collect-recipes.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { openStaging } from '../../server/graph/staging.ts';

export interface StagedPeople {
  /** Name of the file in the data directory. */
  readonly stagedName: string;
  readonly report: PrepareReport;
}

/** Reads a file of users and writes their tokens beside the database: what the graph is changed with. */
export async function stagePeople(
  dataDir: string,
  tokenKey: Uint8Array,
  options: PrepareOptions,
  replaces: boolean,
): Promise<StagedPeople> {
  const tokeniser = createTokeniser(tokenKey, nodePrimitives);
  const stagedName = `import-${randomUUID()}.tokens`;
  const collector = options.withForeign === true ? createRecipeCollector() : null;
  let rowsBefore = 0;
  const staging = openStaging(join(dataDir, stagedName), nodePrimitives);
  try {
    const report = await preparePeople(options, async (batch) => {
      const { rowCount, identifierStart } = batch;
      const count = identifierStart[rowCount]!;
      const types = batch.identifierType.subarray(0, count);
      const identifierToken = tokeniser.identifierTokens(
        types,
        batch.identifierDigest.subarray(0, count * 32),
      );
      const digests = new Uint8Array(rowCount * 32);
      for (let row = 0; row < rowCount; row++) {
        const id = batch.externalIdBytes.subarray(batch.externalIdStart[row], batch.externalIdStart[row + 1]);
        digests.set(nodePrimitives.sha256(id), row * 32);
      }
      const idTypes = new Uint8Array(rowCount).fill(identifierCodes[userIdType]);
      const personToken = tokeniser.identifierTokens(idTypes, digests);
      staging.putPersons({ rowCount, personToken, identifierStart, identifierToken }, replaces);
      if (collector !== null) collectForeign(batch, rowsBefore, tokeniser, collector);
      rowsBefore += rowCount;
    });
    if (collector !== null) staging.putRecipes(collector.finish());
    staging.close();
    return { stagedName, report };
  } catch (error) {
    staging.close();
    rmSync(join(dataDir, stagedName), { force: true });
    throw asCommandFault(error);
  }
}

/** Hands the tokens that a batch's identifiers would have under foreign recipes to the collector. */
function collectForeign(
  { foreign, rowCount }: PeopleBatch,
  firstRow: number,
  tokeniser: Tokeniser,
  collector: RecipeCollector,
): void {
  const { start, type, recipe, digest } = must(foreign, () => 'foreign columns were asked for');
  const tokens = tokeniser.identifierTokens(type, digest);
  for (let row = 0; row < rowCount; row++) {
    const from = start[row]!;
    collector.add(firstRow + row, tokens, recipe, from, start[row + 1]! - from);
  }
}

/** A file that cannot be used is the user's to mend, not a failure of the program. */
export function asCommandFault(error: unknown): unknown {
  if (!(error instanceof FileFault)) return error;
  return new CommandFault(error.code === 'FILE_NOT_FOUND' ? 'notFound' : 'badInput', error.message, error);
}
