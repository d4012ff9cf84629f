import type { ColumnVerdict } from './judge-column.ts';
import type { ColumnKind } from './kinds.ts';

type Family = 'email' | 'phone' | 'id';

/**
 * Leaves what is likely somebody else's. Where a column of the file says plainly that it is the person's e-mail
 * (or phone), one with strange words in its name is not taken: `Email`, `Recruiter email`. Where all have
 * strange words, those of the first one name the person: `Applicant email`, `Referee email`. An id of something
 * strange is the person's when a contact column has the same words, or in the first column of the file.
 */
export function leaveStrange(verdicts: readonly ColumnVerdict[]): ColumnVerdict[] {
  const personWords = {
    email: personWordsOf(verdicts, 'email'),
    phone: personWordsOf(verdicts, 'phone'),
  };
  const isPersons = (words: string | undefined): boolean =>
    words !== undefined && (words === personWords.email || words === personWords.phone);
  const hasPersonsId = verdicts.some(
    (verdict) => isStrangeOf(verdict, 'id') && isPersons(verdict.strangeWords),
  );
  return verdicts.map((verdict, index) => {
    const family = familyOf(verdict.kind);
    if (verdict.isStrange !== true || family === undefined) return verdict;
    if (family === 'id') {
      const isKept = hasPersonsId ? isPersons(verdict.strangeWords) : index === 0;
      return isKept ? verdict : left(0.8, 'an id, but hardly of the person');
    }
    const expected = personWords[family];
    const isKept = expected === undefined || (expected !== '' && expected === verdict.strangeWords);
    return isKept ? verdict : left(0.6, `perhaps somebody else’s ${family}: map it if it is theirs`);
  });
}

/**
 * The strange words that stand for the person in names of the family: none ('') where a plain name exists,
 * undefined where no name says anything.
 */
function personWordsOf(verdicts: readonly ColumnVerdict[], family: Family): string | undefined {
  const ofFamily = verdicts.filter((verdict) => familyOf(verdict.kind) === family);
  if (ofFamily.some((verdict) => verdict.isStrange !== true)) return '';
  return ofFamily.find((verdict) => verdict.strangeWords !== undefined)?.strangeWords;
}

function isStrangeOf(verdict: ColumnVerdict, family: Family): boolean {
  return verdict.isStrange === true && familyOf(verdict.kind) === family;
}

function left(confidence: number, note: string): ColumnVerdict {
  return { kind: 'ignore', rank: 10_000, confidence, note };
}

function familyOf(kind: ColumnKind): Family | undefined {
  if (kind === 'email' || kind === 'hashed_email') return 'email';
  if (kind === 'phone' || kind === 'hashed_phone') return 'phone';
  return kind === 'id' ? 'id' : undefined;
}
