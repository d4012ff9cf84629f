import { readFixtures } from './fixture-text.ts';
import type { HeaderFixture } from './fixture-text.ts';
import { crmFixtures } from './fixtures-crm.ts';
import { hashedFixtures } from './fixtures-hashed.ts';
import { lastFixtures, laterFixtures, unseenFixtures } from './fixtures-later.ts';
import { marketingFixtures } from './fixtures-marketing.ts';
import { nastyFixtures } from './fixtures-nasty.ts';
import { shopFixtures } from './fixtures-shops.ts';
import { westernFixtures } from './fixtures-western.ts';
import { worldFixtures } from './fixtures-world.ts';

export type { HeaderFixture } from './fixture-text.ts';

/**
 * Headers of real systems with invented rows. They were written from what the systems export, before the words
 * and rules that understand them; a fixture that the code misses stays.
 */
export const headerFixtures: readonly HeaderFixture[] = [
  crmFixtures,
  shopFixtures,
  marketingFixtures,
  hashedFixtures,
  westernFixtures,
  worldFixtures,
  nastyFixtures,
  laterFixtures,
  lastFixtures,
  unseenFixtures,
].flatMap(readFixtures);
