import { identifierCodes } from '../../base/identifier-types.ts';
import { recipeCodes } from '../../base/recipes.ts';
import { hashTextInto } from '../normalise/hash-text.ts';
import {
  foreignEmailForms,
  foreignHashForms,
  foreignPhoneForms,
  type ForeignForm,
} from '../normalise/recipes.ts';
import {
  appendNumber,
  finishBytes,
  finishNumbers,
  growingBytes,
  growingNumbers,
  reserve,
} from './growing.ts';
import type { ForeignColumns } from './people-batch.ts';

/** The foreign columns of a batch while it grows. A value that is given twice is there twice. */
export interface ForeignBuilder {
  /** `email` and `phone` are normalised; `typed` is what the file had. */
  addEmail(email: string, typed: string): void;
  addPhone(phone: string): void;
  /** A right hash of which no clear text is known. */
  addHash(type: number, hash: string): void;
  endRow(): void;
  finish(): ForeignColumns;
}

const digestBytes = 32;
/** An e-mail and a phone; it saves growing and is no bound. */
const formsPerRowHint = 16;

export function foreignBuilder(rowCountHint: number): ForeignBuilder {
  const start = growingNumbers(rowCountHint + 1);
  const recipe = growingBytes(rowCountHint * formsPerRowHint);
  const type = growingBytes(rowCountHint * formsPerRowHint);
  const digest = growingBytes(rowCountHint * formsPerRowHint * digestBytes);
  appendNumber(start, 0);
  const add = (code: number, forms: readonly ForeignForm[]): void => {
    reserve(recipe, forms.length);
    reserve(type, forms.length);
    reserve(digest, forms.length * digestBytes);
    for (const form of forms) {
      recipe.bytes[recipe.length++] = recipeCodes[form.recipe];
      type.bytes[type.length++] = code;
      hashTextInto(form.text, digest.bytes, digest.length);
      digest.length += digestBytes;
    }
  };
  return {
    addEmail: (email, typed) => add(identifierCodes.hashed_email, foreignEmailForms(email, typed)),
    addPhone: (phone) => add(identifierCodes.hashed_phone, foreignPhoneForms(phone)),
    addHash: (code, hash) => add(code, foreignHashForms(hash)),
    endRow: () => appendNumber(start, recipe.length),
    finish: () => ({
      start: finishNumbers(start),
      recipe: finishBytes(recipe),
      type: finishBytes(type),
      digest: finishBytes(digest),
    }),
  };
}
