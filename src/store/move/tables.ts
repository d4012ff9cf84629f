import { DatabaseSync } from 'node:sqlite';

import { assert } from '../../base/assert.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../sqlite/migrate.ts';

/** A table as both databases have it. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns that order its rows. */
  readonly key: readonly string[];
  /** Its one key column, where the database hands out its numbers; else null. */
  readonly numbered: string | null;
  /** Rows may be megabytes each. */
  readonly hasBlobs: boolean;
  /** Rows that a database has from its beginning. */
  readonly firstRowCount: number;
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  /** Place in the primary key, from 1; 0: it is not in it. */
  readonly pk: number;
}

/** Every table of this release's schema, each behind those that it refers to. Leases, nodes and marks are of processes, not of the data. */
export function tableShapes(): readonly TableShape[] {
  const db = new DatabaseSync(':memory:');
  try {
    migrate(db, migrations, 0);
    const names = db
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name NOT IN ('schema_migration', 'lease', 'node', 'commit_mark') ORDER BY name`,
      )
      .all()
      .map((row) => String(row['name']));
    return inOrder(db, names).map((name) => shapeOf(db, name));
  } finally {
    db.close();
  }
}

function shapeOf(db: DatabaseSync, name: string): TableShape {
  const columns = db.prepare(`PRAGMA table_info("${name}")`).all() as unknown as readonly ColumnInfo[];
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  assert(key.length > 0, () => 'every table has a primary key');
  const [first] = key;
  const isNumbered = key.length === 1 && first?.type === 'INTEGER';
  const count = db.prepare(`SELECT count(*) AS count FROM "${name}"`).get();
  return {
    name,
    columns: columns.map((column) => column.name),
    key: key.map((column) => column.name),
    numbered: isNumbered ? first.name : null,
    hasBlobs: columns.some(({ type }) => type === 'BLOB'),
    firstRowCount: Number(count?.['count']),
  };
}

function inOrder(db: DatabaseSync, names: readonly string[]): readonly string[] {
  const left = [...names];
  const ordered: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex((name) => {
      const owners = db.prepare(`PRAGMA foreign_key_list("${name}")`).all();
      return owners.every((row) => row['table'] === name || ordered.includes(String(row['table'])));
    });
    assert(at >= 0, () => 'tables do not refer to each other in a circle');
    ordered.push(...left.splice(at, 1));
  }
  return ordered;
}
