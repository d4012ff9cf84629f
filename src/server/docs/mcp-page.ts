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

function section({ name, title, description, inputSchema }: ShownTool): Html {
  return html`<section class="endpoint" id="${name}">
    <h3><a href="#${name}">${title ?? name}</a></h3>
    <p class="address"><span class="method tool">TOOL</span><code>${name}</code></p>
    ${description === undefined ? nothing : html`<p>${inline(description)}</p>`}
    <h4>Arguments</h4>
    ${fieldList(inputSchema as ShownSchema, {})}
    <details>
      <summary>JSON Schema</summary>
      ${jsonView(inputSchema)}
    </details>
  </section>`;
}

/** The tools of the MCP door with their JSON Schemas. */
export function mcpPage(tools: readonly ShownTool[]): string {
  const links = tools.map(({ name }) => ({ href: `#${name}`, text: name }));
  const body = html`<h1>MCP tools</h1>
    <p>
      AdCP over MCP: streamable HTTP without sessions, at <code>/mcp</code>. Send the key that the seller gave
      you as <code>Authorization: Bearer &lt;key&gt;</code>.
    </p>
    ${tools.map(section)}`;
  return pageOf({ title: 'MCP tools', path: '/docs/mcp', navigation: [{ title: 'Tools', links }], body });
}
