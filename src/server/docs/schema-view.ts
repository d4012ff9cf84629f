import { html, inline, nothing, type Html } from './html.ts';

/** A JSON Schema as far as these pages show one. */
export interface ShownSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: ShownSchema;
  readonly properties?: Readonly<Record<string, ShownSchema>>;
  readonly required?: readonly string[];
}

export type Components = Readonly<Record<string, ShownSchema>>;

const depthMax = 8;
const patternCharsMax = 40;
const number = (value: number): string => value.toLocaleString('en-US');

function resolved(schema: ShownSchema, components: Components): ShownSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (components[name] ?? {});
}

/** `string or null`, `array of string`. */
function typeWords(schema: ShownSchema, components: Components): string {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const words = types.map((type) => {
    if (type !== 'array' || schema.items === undefined) return type;
    const of = typeWords(resolved(schema.items, components), components);
    return of === '' ? type : `array of ${of}s`;
  });
  return words.join(' or ');
}

function range(min: number | undefined, max: number | undefined, unit: string): readonly string[] {
  if (min !== undefined && min > 0 && max !== undefined) return [`${number(min)} to ${number(max)}${unit}`];
  if (max !== undefined) return [`at most ${number(max)}${unit}`];
  return min === undefined || min === 0 ? [] : [`at least ${number(min)}${unit}`];
}

/** What a value may be, in short words. */
function limitsOf(schema: ShownSchema): readonly string[] {
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  return [
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' elements'),
    ...(isNumber ? range(schema.minimum, schema.maximum, '') : []),
    ...(schema.format === undefined ? [] : [schema.format]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

function choices(schema: ShownSchema): Html {
  const values = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  if (values.length === 0 || values.length > 16) return nothing;
  const shown = values.map(
    (value) => html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code> `,
  );
  return html`<div class="choices">${shown}</div>`;
}

function field(
  name: string,
  given: ShownSchema,
  isRequired: boolean,
  components: Components,
  depth: number,
): Html {
  const schema = resolved(given, components);
  const description = given.description ?? schema.description;
  const limits = [typeWords(schema, components), ...limitsOf(schema)]
    .filter((word) => word !== '')
    .join(', ');
  // A long pattern is for machines; the description says the same to people.
  const isShown = schema.pattern !== undefined && schema.pattern.length <= patternCharsMax;
  const pattern = isShown ? html`<code class="pattern">${schema.pattern ?? ''}</code>` : nothing;
  const items = schema.items === undefined ? undefined : resolved(schema.items, components);
  const below = fieldList(items ?? schema, components, depth + 1);
  const isLong = depth >= 1 && below !== nothing;
  return html`<li>
    <div class="field">
      <code class="name">${name}</code>${isRequired ? html`<b class="required">required</b>` : nothing}
      <span class="type">${limits}</span>${pattern}
    </div>
    ${description === undefined ? nothing : html`<div class="says">${inline(description)}</div>`}${choices(schema)}
    ${
      isLong
        ? html`<details>
            <summary>fields of <code>${name}</code></summary>
            ${below}
          </details>`
        : below
    }
  </li>`;
}

/** The fields of an object, with those of the objects inside. */
export function fieldList(schema: ShownSchema, components: Components, depth: number = 0): Html {
  const properties = Object.entries(resolved(schema, components).properties ?? {});
  if (properties.length === 0 || depth > depthMax) return nothing;
  const required = resolved(schema, components).required ?? [];
  const rows = properties.map(([name, below]) =>
    field(name, below, required.includes(name), components, depth),
  );
  return html`<ul class="fields">
    ${rows}
  </ul>`;
}
