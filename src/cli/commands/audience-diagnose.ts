import type { RecipeFinding } from '../../engine/forensics/diagnose.ts';
import { dataOption } from '../../server/options.ts';
import type { Diagnosis } from '../../service/forensics/diagnose-audience.ts';
import { audienceOptions, namedAudience } from '../audience-options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'audience diagnose',
  summary: 'Say which wrong recipe the hashes of an audience look like',
  options: { data: dataOption, ...audienceOptions },
  async run({ values, terminal, json }) {
    const named = namedAudience(values);
    const diagnosis = await withAdmin(values.data, async (admin) => admin.diagnoseAudience(named));
    for (const line of lines(diagnosis)) terminal.print(line);
    if (json) {
      terminal.json({
        audience_id: named.audienceId,
        forensics: diagnosis.hasIndex,
        findings: diagnosis.findings.map(({ type, recipe, band }) => ({
          identifier_type: type,
          recipe,
          share: band,
          repair: repairOf(recipe),
        })),
      });
    }
    return exitCodes.ok;
  },
});

function lines({ hasIndex, poorTypes, findings }: Diagnosis): readonly string[] {
  if (findings.length > 0) {
    const rows = findings.map(({ type, recipe, band }) => [type, recipe, band, repairOf(recipe) ?? noRepair]);
    return table(
      [{ title: 'identifier' }, { title: 'recipe' }, { title: 'share' }, { title: 'repair' }],
      rows,
    );
  }
  if (poorTypes.length === 0)
    return ['No diagnosis: the audience matches well, or too few members hold an e-mail or a phone.'];
  return hasIndex
    ? ['No diagnosis: the hashes look like none of the usual mistakes. The members may be strangers.']
    : ['No diagnosis: import the users with "rollcall graph import --forensics" first.'];
}

const noRepair = 'leave these values out';

/** What the buyer runs; null for hashes that no recipe makes right. */
function repairOf(recipe: RecipeFinding['recipe']): string | null {
  return recipe === 'hash_of_nothing' ? null : `rollcall push FILE --recipe ${recipe}`;
}
