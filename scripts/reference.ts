/** `npm run reference`: writes the generated pages of docs/reference anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { commandLineReference, referencePath } from './tidy/reference.ts';
import { root } from './tidy/tree.ts';

writeFileSync(join(root, referencePath), await commandLineReference());
console.log(`Wrote ${referencePath}.`);
