import '../support/over-postgres.ts';
import '../integration/sync-model.test.ts';
