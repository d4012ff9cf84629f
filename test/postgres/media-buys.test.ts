import '../support/over-postgres.ts';
import '../integration/media-buys.test.ts';
