/** The slow obvious graph that the fast one is compared with: maps of sets of names. */

export interface ModelRow {
  readonly person: string;
  readonly identifiers: readonly string[];
}

export interface ModelChanges {
  readonly rows: readonly ModelRow[];
  readonly replace: boolean;
  readonly removePersons: readonly string[];
  readonly removeIdentifiers: readonly string[];
}

interface ModelPerson {
  readonly ordinal: number;
  readonly identifiers: Set<string>;
}

export class GraphModel {
  /** Living persons by own id. */
  readonly persons = new Map<string, ModelPerson>();
  ordinalCount = 0;

  apply({ rows, replace, removePersons, removeIdentifiers }: ModelChanges): void {
    for (const person of removePersons) this.persons.delete(person);
    for (const [ownId, { identifiers }] of this.persons) {
      for (const identifier of removeIdentifiers) if (identifier !== ownId) identifiers.delete(identifier);
    }
    const kept = rows.filter(({ person }) => !removePersons.includes(person));
    for (const { person } of kept) {
      const known = this.persons.get(person);
      if (known === undefined) {
        this.persons.set(person, { ordinal: this.ordinalCount++, identifiers: new Set([person]) });
      } else if (replace) {
        known.identifiers.clear();
        known.identifiers.add(person);
      }
    }
    for (const { person, identifiers } of kept) {
      for (const identifier of identifiers) {
        if (!removeIdentifiers.includes(identifier)) this.persons.get(person)!.identifiers.add(identifier);
      }
    }
  }

  /** Every pair as `identifier ordinal`, sorted. */
  pairs(): string[] {
    return [...this.persons.values()]
      .flatMap(({ ordinal, identifiers }) => [...identifiers].map((name) => `${name} ${ordinal}`))
      .toSorted();
  }
}
