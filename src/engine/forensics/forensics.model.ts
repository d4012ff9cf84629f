/** The recipe index as a person would write it down: user → "token recipe" lines. For tests. */
export interface ModelChange {
  readonly upserts: readonly {
    readonly person: string;
    readonly identifiers: readonly string[];
    readonly foreign: readonly { readonly token: string; readonly code: number }[];
  }[];
  readonly replaces: boolean;
  readonly removedPersons: readonly string[];
  readonly removedIdentifiers: readonly string[];
}

export class RecipeModel {
  /** Users in the order in which they became known; a removed one that comes back is another. */
  readonly persons = new Map<string, { readonly identifiers: Set<string>; readonly lines: Set<string> }>();

  apply(change: ModelChange): void {
    for (const { identifiers, lines } of this.persons.values()) {
      if (change.removedIdentifiers.some((identifier) => identifiers.has(identifier))) lines.clear();
    }
    for (const person of change.removedPersons) this.persons.delete(person);
    for (const { identifiers } of this.persons.values()) {
      for (const identifier of change.removedIdentifiers) identifiers.delete(identifier);
    }
    if (change.replaces) {
      for (const { person } of change.upserts) {
        this.persons.get(person)?.lines.clear();
        this.persons.get(person)?.identifiers.clear();
      }
    }
    for (const { person, identifiers, foreign } of change.upserts) {
      const held = this.persons.get(person) ?? { identifiers: new Set(), lines: new Set() };
      this.persons.set(person, held);
      for (const identifier of identifiers) held.identifiers.add(identifier);
      for (const { token, code } of foreign) held.lines.add(`${token} ${code}`);
    }
  }

  knows(identifier: string): boolean {
    return [...this.persons.values()].some(({ identifiers }) => identifiers.has(identifier));
  }

  /** "code person" of every line with this token. */
  find(token: string): string[] {
    return [...this.persons].flatMap(([person, { lines }]) =>
      [...lines]
        .filter((line) => line.startsWith(`${token} `))
        .map((line) => `${line.split(' ')[1]!} ${person}`),
    );
  }
}
