import type { JsonObject } from '../../engine/types.ts';
import { html, inline, jsonView, nothing, prose, type Html } from './html.ts';
import { methodBadge, pageOf, type NavigationGroup } from './layout.ts';
import { fieldList, type Components, type ShownSchema } from './schema-view.ts';

interface Media {
  readonly schema: ShownSchema;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: ShownSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description?: string;
        readonly $ref?: string;
        readonly content?: Readonly<Record<string, Media>>;
      }
    >
  >;
}

/** The OpenAPI document as these pages read it. */
export interface ShownApi {
  readonly info: { readonly title: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Components;
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
  };
}

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const json = 'application/json';

function endpointsOf({ paths }: ShownApi): readonly Endpoint[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** A command that works once the variables of the start page are set. */
export function curlOf({ method, path, operation }: Endpoint): string {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'taskId' ? '$TASK' : name === 'agentId' ? '$AGENT' : '$ADVERTISER',
  );
  const example = operation.requestBody?.content[json]?.example;
  // A body makes it a POST by itself.
  const asked = method === 'GET' || method === 'POST' ? '' : `-X ${method} `;
  const lines = [
    `curl ${asked}"$API${address}"`,
    `-H "Authorization: Bearer $KEY"`,
    ...(example === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example, null, 2)}'`]),
  ];
  return lines.join(' \\\n  ');
}

function parameters({ parameters: all = [] }: Operation, components: Components): Html {
  const groups = [
    ['path', 'In the path'],
    ['query', 'In the query'],
    ['header', 'In the headers'],
  ] as const;
  return html`${groups.map(([place, title]) => {
    const here = all.filter((parameter) => parameter.in === place);
    if (here.length === 0) return nothing;
    const properties = here.map(({ name, schema, description }) => [
      name,
      { ...schema, ...(description === undefined ? {} : { description }) },
    ]);
    const required = here.filter((one) => one.required).map(({ name }) => name);
    const shown = { properties: Object.fromEntries(properties) as Components, required };
    return html`<h4>${title}</h4>
      ${fieldList(shown, components)}`;
  })}`;
}

function refusals({ operation }: Endpoint, api: ShownApi): Html {
  const rows = Object.entries(operation.responses).flatMap(([status, response]) => {
    const name = response.$ref?.split('/').at(-1);
    const text = name === undefined ? undefined : api.components.responses[name]?.description;
    return text === undefined
      ? []
      : [
          html`<tr>
            <th scope="row">${status}</th>
            <td>${inline(text)}</td>
          </tr>`,
        ];
  });
  return html`<details>
    <summary>Refusals</summary>
    <table class="refusals">
      ${rows}
    </table>
  </details>`;
}

function success({ operation }: Endpoint, components: Components): Html {
  const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? [];
  const media = response?.content?.[json];
  if (status === undefined || media === undefined) return nothing;
  return html`<h4><span class="status">${status}</span> ${response?.description ?? ''}</h4>
    ${jsonView(media.example)}
    <details>
      <summary>Fields of the answer</summary>
      ${fieldList(media.schema, components)}
    </details>`;
}

function section(endpoint: Endpoint, api: ShownApi, base: string): Html {
  const { method, path, operation } = endpoint;
  const { schemas } = api.components;
  const body = operation.requestBody?.content[json];
  return html`<section class="endpoint" id="${operation.operationId}">
    <h3><a href="#${operation.operationId}">${operation.summary}</a></h3>
    <p class="address">${methodBadge(method)}<code>${base}${path}</code></p>
    <div class="pair">
      <div class="words">
        ${prose(operation.description)} ${parameters(operation, schemas)}
        ${
          body === undefined
            ? nothing
            : html`<h4>In the body</h4>
                ${fieldList(body.schema, schemas)}`
        }
      </div>
      <div class="samples">
        <h4>Request</h4>
        <pre><code>${curlOf(endpoint)}</code></pre>
        ${success(endpoint, schemas)}${refusals(endpoint, api)}
      </div>
    </div>
  </section>`;
}

/** The reference of the REST door, made from its OpenAPI document. */
export function restPage(document: JsonObject, errorExample: JsonObject): string {
  const api = document as unknown as ShownApi;
  const base = api.servers[0]?.url ?? '';
  const endpoints = endpointsOf(api);
  const ofTag = (tag: string): readonly Endpoint[] =>
    endpoints.filter(({ operation }) => operation.tags.includes(tag));
  const navigation: readonly NavigationGroup[] = api.tags.map(({ name }) => ({
    title: name,
    links: ofTag(name).map(({ method, operation }) => ({
      href: `#${operation.operationId}`,
      text: operation.summary,
      method,
    })),
  }));
  const groups = api.tags.map(
    ({ name }) =>
      html`<h2>${name}</h2>
        ${ofTag(name).map((endpoint) => section(endpoint, api, base))}`,
  );
  const errors = html`<section id="refusals">
    <h2>Refusals</h2>
    <p>
      Every answer that is not a success has this shape. <code>details.code</code> repeats the code for
      clients that keep only the details.
    </p>
    ${jsonView(errorExample)} ${fieldList(api.components.schemas['Refusal'] ?? {}, api.components.schemas)}
  </section>`;
  const body = html`<h1>${api.info.title}</h1>
    ${prose(api.info.description)}
    <p>
      The examples use the variables of the <a href="/docs#setup">start page</a>. For machines there is
      <a href="${base}/openapi.yaml">openapi.yaml</a>.
    </p>
    ${groups}${errors}`;
  const last = { title: 'Everywhere', links: [{ href: '#refusals', text: 'Refusals' }] };
  return pageOf({ title: 'REST', path: '/docs/rest', navigation: [...navigation, last], body });
}
