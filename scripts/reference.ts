/** `npm run reference`: writes the generated pages of docs/reference anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { references } from './tidy/reference.ts';
import { root } from './tidy/tree.ts';

for (const { path, text } of references) {
  writeFileSync(join(root, path), await text());
  console.log(`Wrote ${path}.`);
}
