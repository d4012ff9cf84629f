/** Brings a database up to date, and is killed while it does. `bare`: without the transactions that keep it whole. */
import { migrations } from '../../src/store/migrations/index.ts';
import { openConnection } from '../../src/store/sqlite/connection.ts';
import { migrate, schemaVersion } from '../../src/store/sqlite/migrate.ts';

const [file = '', how = ''] = process.argv.slice(2);
const db = openConnection(file, 'writer');
process.stdout.write('begins\n');
if (how === 'bare') {
  for (const { number, name, sql } of migrations.slice(schemaVersion(db))) {
    db.prepare('INSERT INTO schema_migration (number, name, applied_at) VALUES (?, ?, 0)').run(number, name);
    // Outside a transaction each of its statements is one.
    db.exec(sql);
  }
} else {
  migrate(db, migrations, 0);
}
db.close();
