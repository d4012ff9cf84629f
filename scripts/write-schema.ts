/** Writes docs/reference/schema.sql from the migrations. */
import { mkdirSync, writeFileSync } from 'node:fs';

import { schemaText } from '../src/store/testing/schema-text.ts';

const folder = new URL('../docs/reference/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('schema.sql', folder), schemaText());
