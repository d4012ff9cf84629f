import type { InventedPerson } from './invent.ts';
import { brokenValue, messyCountry, messyEmail, messyPhone } from './messy-spelling.ts';
import type { SeededRandom } from './random.ts';

/** What the seller knows of a user; '' where a column is blank. */
export interface SellerUser {
  readonly person: InventedPerson;
  readonly hasSecondEmail: boolean;
  readonly hasPhone: boolean;
}

/** What a correct preparation and match of the customer file must count. */
export interface Truth {
  /** Distinct members after preparation. */
  readonly customers: number;
  readonly rejectedRows: { readonly id_missing: number; readonly identifier_missing: number };
  /** Members that hold an identifier of the type. */
  readonly submitted: { readonly hashed_email: number; readonly hashed_phone: number };
  /** Members with an identifier of the type that a user of the seller has too. */
  readonly matched: { readonly hashed_email: number; readonly hashed_phone: number };
  readonly matchedMembers: number;
}

type Value = 'none' | 'unknown' | 'known';

/** What becomes of a row: refused, or a member whose identifiers the seller knows or not. */
export interface Fate {
  readonly rejected: 'id_missing' | 'identifier_missing' | null;
  readonly email: Value;
  readonly phone: Value;
}

/**
 * One line of the customer file. `user` is who the customer is at the seller, undefined for nobody;
 * `stranger` lends values that the seller does not have.
 */
export function drawCustomer(
  random: SeededRandom,
  number: number,
  user: SellerUser | undefined,
  stranger: InventedPerson,
): { readonly line: string; readonly fate: Fate } {
  const owner = user?.person ?? stranger;
  const email = drawEmail(random, user, stranger);
  const phone = drawPhone(random, user, owner.country, stranger);
  const hasId = !random.chance(1);
  const id = hasId ? `C-${String(number).padStart(6, '0')}` : random.pick(['', '  ', 'NULL']);
  const lastName = random.chance(3) ? `"${owner.lastName}, Jr. ""${owner.firstName}"""` : owner.lastName;
  const country = messyCountry(random, owner);
  const day = `20${15 + random.int(10)}-${pad2(1 + random.int(12))}-${pad2(1 + random.int(28))}`;
  const line = `${id},${owner.firstName},${lastName},${email.text},${phone.text},${country},${day}\n`;
  const isBare = email.value === 'none' && phone.value === 'none';
  const rejected = !hasId ? 'id_missing' : isBare ? 'identifier_missing' : null;
  return { line, fate: { rejected, email: email.value, phone: phone.value } };
}

interface Drawn {
  readonly text: string;
  readonly value: Value;
}

function drawEmail(random: SeededRandom, user: SellerUser | undefined, stranger: InventedPerson): Drawn {
  const draw = random.int(100);
  if (draw < 8) return { text: '', value: 'none' };
  if (draw < 11) return { text: brokenValue(random), value: 'none' };
  if (user === undefined || draw < 30) return { text: messyEmail(random, stranger.email), value: 'unknown' };
  const takesSecond = user.hasSecondEmail && draw < 60;
  const email = takesSecond ? user.person.secondEmail : user.person.email;
  return { text: messyEmail(random, email), value: 'known' };
}

function drawPhone(
  random: SeededRandom,
  user: SellerUser | undefined,
  country: string,
  stranger: InventedPerson,
): Drawn {
  const draw = random.int(100);
  if (draw < 25) return { text: '', value: 'none' };
  if (draw < 28) return { text: brokenValue(random), value: 'none' };
  if (user === undefined || draw < 45) {
    // A stranger's number in the customer's column is written the international way when countries differ.
    const isSame = stranger.country === country;
    return { text: isSame ? messyPhone(random, country, stranger.phone) : stranger.phone, value: 'unknown' };
  }
  return { text: messyPhone(random, country, user.person.phone), value: user.hasPhone ? 'known' : 'unknown' };
}

function pad2(value: number): string {
  return String(value).padStart(2, '0');
}
