import type { GraphIndex } from '../types.ts';
import type { GraphSnapshot } from './snapshot.ts';

/** Users and identifiers that they have; row `r` holds identifiers `identifierStart[r] … [r + 1] - 1`. */
export interface GraphUpserts {
  readonly rowCount: number;
  /** 4 words a row: the token of the user's own id (type `publisher_first_party`), which becomes an entry too. */
  readonly personToken: Uint32Array;
  readonly identifierStart: Uint32Array;
  /** Identifier codes. */
  readonly identifierType: Uint8Array;
  /** 4 words an identifier. */
  readonly identifierToken: Uint32Array;
}

/**
 * One change of the graph. Removal beats upsert whatever the order, so that the same change applied
 * again changes nothing: rows of a user in `removePersons` are left out, and identifiers in
 * `removeIdentifiers` are struck from the rows. Several rows of one user are taken together.
 */
export interface GraphChanges {
  readonly upserts: GraphUpserts;
  /** Whether a user of the upserts loses the identifiers that its rows do not name. */
  readonly replace: boolean;
  /** 4 words each: own ids of users to remove, with all their entries. Unknown ones are nothing to do. */
  readonly removePersons: Uint32Array;
  /**
   * 4 words each: identifiers to take from whoever has them. A user's own id stays with the user it
   * names; to be rid of that, remove the user.
   */
  readonly removeIdentifiers: Uint32Array;
}

export interface GraphChangeResult {
  /** The state after the change; the very same object when nothing changed. */
  readonly snapshot: GraphSnapshot;
  /** `added`: only audiences that `added` knows a token of can be affected. `removed`: any may be. */
  readonly kind: 'unchanged' | 'added' | 'removed';
  /** Only the entries that were not there before. */
  readonly added: GraphIndex;
  readonly addedEntryCount: number;
  readonly removedEntryCount: number;
  readonly addedPersonCount: number;
  readonly removedPersonCount: number;
  /** Entries that `removeIdentifiers` named and that stay because they are users' own ids. */
  readonly keptOwnIdCount: number;
  /** Whether the delta was merged into a new base. */
  readonly isMerged: boolean;
}

export const noUpserts: GraphUpserts = {
  rowCount: 0,
  personToken: new Uint32Array(0),
  identifierStart: new Uint32Array(1),
  identifierType: new Uint8Array(0),
  identifierToken: new Uint32Array(0),
};

export const noChanges: GraphChanges = {
  upserts: noUpserts,
  replace: false,
  removePersons: new Uint32Array(0),
  removeIdentifiers: new Uint32Array(0),
};
