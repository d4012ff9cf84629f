import '../support/over-postgres.ts';
import '../integration/decisions.test.ts';
