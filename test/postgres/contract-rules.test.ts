import '../support/over-postgres.ts';
import '../integration/contract-rules.test.ts';
