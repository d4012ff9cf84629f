import '../support/over-postgres.ts';
import '../integration/contract-status.test.ts';
