/** Users of the seller with identifiers of any type, loaded and removed as an import does it. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { identifierCodes, type IdentifierType } from '../../src/base/identifier-types.ts';
import { createTokeniser } from '../../src/engine/token/tokeniser.ts';
import { nodePrimitives } from '../../src/platform/primitives.ts';
import { openStaging, type StagingWriter } from '../../src/server/graph/staging.ts';
import type { Seller } from './seller.ts';

export interface Person {
  readonly id: string;
  /** Type and clear value, already normalised as the client's part does it; a hashed type is hashed here. */
  readonly identifiers: readonly (readonly [IdentifierType, string])[];
}

const tokeniserOf = (seller: Seller): ReturnType<typeof createTokeniser> =>
  createTokeniser(seller.admin.secrets.tokenKey, nodePrimitives);

async function stage(seller: Seller, write: (staging: StagingWriter) => void): Promise<void> {
  const stagedName = `import-${randomUUID()}.tokens`;
  const staging = openStaging(join(seller.dataDir, stagedName), nodePrimitives);
  write(staging);
  staging.close();
  await seller.admin.admin.applyGraph({ stagedName });
}

export async function addPeople(seller: Seller, people: readonly Person[]): Promise<void> {
  const tokeniser = tokeniserOf(seller);
  const all = people.flatMap(({ identifiers }) => identifiers);
  const types = Uint8Array.from(all, ([type]) => identifierCodes[type]);
  const digests = Buffer.concat(all.map(([, value]) => createHash('sha256').update(value).digest()));
  const personToken = new Uint32Array(people.length * 4);
  const identifierStart = new Uint32Array(people.length + 1);
  people.forEach(({ id, identifiers }, row) => {
    personToken.set(tokeniser.userToken(id), row * 4);
    identifierStart[row + 1] = identifierStart[row]! + identifiers.length;
  });
  const identifierToken = tokeniser.identifierTokens(types, digests);
  await stage(seller, (staging) => {
    staging.putPersons({ rowCount: people.length, personToken, identifierStart, identifierToken }, false);
  });
}

export async function removePeople(seller: Seller, ids: readonly string[]): Promise<void> {
  const tokeniser = tokeniserOf(seller);
  const tokens = new Uint32Array(ids.length * 4);
  ids.forEach((id, row) => tokens.set(tokeniser.userToken(id), row * 4));
  await stage(seller, (staging) => staging.putRemovals('removePersons', tokens));
}
