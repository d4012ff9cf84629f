import '../support/over-postgres.ts';
import '../integration/contract-matching.test.ts';
