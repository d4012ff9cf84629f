/** list_creative_formats: the formats that products name. Other agents define them, and this seller says no more than it knows. */
import type { JsonObject } from '../../../engine/types.ts';
import type { Product } from '../../../service/buys/api.ts';
import { formatKey, type FormatId, type SoldFormat } from '../../../service/buys/formats.ts';
import { afterCursor, cursorAfter } from '../../../service/buys/pages.ts';
import { paginationOf } from '../accounts-response.ts';
import { ArgumentReader, IssueList } from '../argument-reader.ts';
import { readFormatIds } from './read-parts.ts';
import { readPage, type Page } from './read-requests.ts';
import { notAppliedBody } from './warnings.ts';

/** What only the definition of a format tells, which is the creative agent's. */
const ofDefinitions = [
  ...['type', 'asset_types', 'max_width', 'max_height', 'min_width', 'min_height', 'is_responsive'],
  ...['wcag_level', 'disclosure_positions', 'disclosure_persistence'],
  ...['output_format_ids', 'input_format_ids'],
];

export interface FormatsQuery extends Page {
  readonly formatIds: readonly FormatId[] | undefined;
  readonly nameSearch: string | undefined;
  readonly notApplied: readonly string[];
}

export function readListFormats(args: JsonObject): FormatsQuery {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const query = {
    formatIds: readFormatIds(reader, issues),
    nameSearch: reader.string('name_search', { charsMin: 0, charsMax: 255 })?.toLowerCase(),
    notApplied: ofDefinitions.filter((name) => reader.has(name)),
    ...readPage(reader, issues),
  };
  issues.settle();
  return query;
}

/** Every format once, by its key, in the order of the products. */
function formatsOf(products: readonly Product[]): ReadonlyMap<string, SoldFormat> {
  const found = new Map<string, SoldFormat>();
  for (const format of products.flatMap(({ formatIds }) => formatIds)) {
    const key = formatKey(format);
    if (!found.has(key)) found.set(key, format);
  }
  return found;
}

const nameOf = ({ name, id }: SoldFormat): string => name ?? id;

export function formatsBody(products: readonly Product[], query: FormatsQuery): JsonObject {
  const { formatIds, nameSearch = '', cursor, pageSize } = query;
  const wanted = formatIds === undefined ? null : new Set(formatIds.map(formatKey));
  const found = [...formatsOf(products)].filter(
    ([key, one]) => (wanted === null || wanted.has(key)) && nameOf(one).toLowerCase().includes(nameSearch),
  );
  const ids = found.map(([key]) => key);
  const start = cursor === null ? 0 : afterCursor(ids, cursor);
  const page = found.slice(start, start + pageSize).map(([, one]) => one);
  const agents = [...new Set(page.map(({ agentUrl }) => agentUrl))];
  return {
    formats: page.map((one) => ({
      format_id: { agent_url: one.agentUrl, id: one.id },
      name: nameOf(one),
    })),
    creative_agents: agents.map((agent) => ({ agent_url: agent })),
    ...notAppliedBody(
      query.notApplied,
      'the creative agent that defines a format knows; see creative_agents.',
    ),
    pagination: paginationOf(cursorAfter(ids, start + page.length), ids.length),
  };
}
