import '../support/over-postgres.ts';
import '../integration/isolation-matrix.test.ts';
