/** Imported first: what is imported after it runs over Postgres. */
process.env['TEST_STORE'] = 'postgres';
