/** The graph as a person would write it down: a set of "token person" lines. For tests. */
export interface ModelChange {
  readonly upserts: readonly { readonly person: string; readonly identifiers: readonly string[] }[];
  readonly replaces: boolean;
  readonly removedPersons: readonly string[];
  readonly removedIdentifiers: readonly string[];
}

export class GraphModel {
  /** person → identifiers, its own name included */
  readonly persons = new Map<string, Set<string>>();

  apply(change: ModelChange): void {
    for (const person of change.removedPersons) this.persons.delete(person);
    for (const identifier of change.removedIdentifiers) {
      for (const held of this.persons.values()) held.delete(identifier);
    }
    const named = new Set(change.upserts.map(({ person }) => person));
    if (change.replaces)
      for (const person of named) if (this.persons.has(person)) this.persons.set(person, new Set([person]));
    for (const { person, identifiers } of change.upserts) {
      const held = this.persons.get(person) ?? new Set([person]);
      held.add(person);
      for (const identifier of identifiers) held.add(identifier);
      this.persons.set(person, held);
    }
  }

  /** The persons that a token names. */
  named(token: string): string[] {
    return [...this.persons].filter(([, held]) => held.has(token)).map(([person]) => person);
  }
}
