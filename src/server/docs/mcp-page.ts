import { html, inline, jsonView, nothing, type Html } from './html.ts';
import { pageOf } from './layout.ts';
import { fieldList, type ShownSchema } from './schema-view.ts';

/** A tool as `tools/list` shows it. */
export interface ShownTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

type Properties = Readonly<Record<string, ShownSchema>>;

const propertiesOf = ({ inputSchema }: ShownTool): Properties =>
  (inputSchema as ShownSchema).properties ?? {};

/** Arguments that every tool takes alike; they are shown once. */
function commonOf(tools: readonly ShownTool[]): Properties {
  const [first, ...others] = tools.map(propertiesOf);
  const common = Object.entries(first ?? {}).filter(([name, schema]) =>
    others.every((properties) => JSON.stringify(properties[name]) === JSON.stringify(schema)),
  );
  return Object.fromEntries(common);
}

function section(tool: ShownTool, common: Properties): Html {
  const { name, title, description, inputSchema } = tool;
  const schema = inputSchema as ShownSchema;
  const own = Object.entries(propertiesOf(tool)).filter(([field]) => !Object.hasOwn(common, field));
  const shown = { ...schema, properties: Object.fromEntries(own) };
  return html`<section class="endpoint" id="${name}">
    <h3><a href="#${name}">${title ?? name}</a></h3>
    <p class="address"><span class="method tool">TOOL</span><code>${name}</code></p>
    ${description === undefined ? nothing : html`<p>${inline(description)}</p>`}
    <h4>Arguments</h4>
    ${fieldList(shown, {})}
    <details>
      <summary>JSON Schema</summary>
      ${jsonView(inputSchema)}
    </details>
  </section>`;
}

/** A call as plain HTTP, for trying out; agents use a client of MCP. */
const command = `curl "$ROLLCALL/mcp" \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' \\
  -d '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "list_accounts",
        "arguments": {"adcp_version": "3.1"}
      }}'`;

/** The tools of the MCP door with their JSON Schemas. */
export function mcpPage(tools: readonly ShownTool[]): string {
  const common = commonOf(tools);
  const links = tools.map(({ name }) => ({ href: `#${name}`, text: name }));
  const navigation = [
    { title: 'Every call', links: [{ href: '#call', text: 'How to call' }] },
    { title: 'Tools', links },
  ];
  const body = html`<h1>MCP tools</h1>
    <section id="call">
      <p>
        AdCP over MCP: streamable HTTP without sessions, at <code>/mcp</code>. Send the key that the seller
        gave you. The variables are those of the <a href="/docs#setup">start page</a>.
      </p>
      <pre><code>${command}</code></pre>
      <h4>Every tool takes</h4>
      ${fieldList({ properties: common }, {})}
    </section>
    ${tools.map((tool) => section(tool, common))}`;
  return pageOf({ title: 'MCP tools', path: '/docs/mcp', navigation, body });
}
