import type { ColumnKind } from '../columns/kinds.ts';
import type { TableLayout } from '../read/layout.ts';

/** Everything a thread needs to turn blocks of a file into people; plain data. */
export interface PreparePlan {
  readonly layout: TableLayout;
  /** The columns that give identifiers, in file order. */
  readonly identifierColumns: readonly { readonly index: number; readonly kind: ColumnKind }[];
  /** -1 when there is none. */
  readonly idColumn: number;
  readonly countryColumn: number;
  /** Country of phone numbers without one; ISO 3166, two capitals. */
  readonly defaultCountry: string | undefined;
  readonly idRequired: boolean;
  /** Whether to give what identifiers would be under foreign recipes. */
  readonly withForeign: boolean;
  /** Whether to list every fault, and rejected rows with their text. */
  readonly listsFaults: boolean;
  readonly keepsRowText: boolean;
  /** False when the columns were named by us, so that no row can repeat the header. */
  readonly hasHeader: boolean;
}
