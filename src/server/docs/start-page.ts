import { html, type Html } from './html.ts';
import { pageOf } from './layout.ts';

const variables = `export ROLLCALL=http://127.0.0.1:8080   # where this server is
export KEY=rk_…                         # the key that the seller gave you
export ADVERTISER=acct_12345            # see: List advertisers`;

const hash = `printf %s 'ada@example.com' | sha256sum   # trimmed and in lower case`;

const sync = `curl "$ROLLCALL/api/v2/buyer/advertisers/$ADVERTISER/audiences/sync" \\
  -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  -d '{"audiences": [{"audienceId": "winter-buyers", "add": [
        {"externalId": "crm-1001",
         "hashedEmail": "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72"}]}]}'`;

const ask = `curl "$ROLLCALL/api/v2/buyer/tasks/$TASK" -H "Authorization: Bearer $KEY"
curl "$ROLLCALL/api/v2/buyer/advertisers/$ADVERTISER/audiences" -H "Authorization: Bearer $KEY"`;

const steps = [
  ['setup', 'Say where and who', 'Set these once in your shell; every example uses them.', variables],
  [
    'hash',
    'Hash',
    'A raw address or number never leaves your side. Phone numbers are written in E.164 with the plus sign, then hashed the same way.',
    hash,
  ],
  ['sync', 'Upload', 'The answer comes as soon as the list is on disk, and names a task.', sync],
  ['ask', 'Ask', 'The task tells what was matched. The list of audiences tells which can be targeted.', ask],
] as const;

/** Where a newcomer begins. */
export function startPage(): string {
  const shown: readonly Html[] = steps.map(
    ([id, title, says, command]) =>
      html`<section class="step" id="${id}">
        <h2>${title}</h2>
        <p>${says}</p>
        <pre><code>${command}</code></pre>
      </section>`,
  );
  const body = html`<h1>Audiences, matched for real</h1>
    <p class="lead">
      Upload hashed customer lists. Rollcall matches them against the seller’s own users and reports what it
      counted.
    </p>
    <div class="cards">
      <a class="card" href="/docs/rest"
        ><b>REST</b><span>The shape of Scope3’s buyer API, with its OpenAPI 3.1 document.</span></a
      >
      <a class="card" href="/docs/mcp"
        ><b>MCP tools</b><span>AdCP for agents, with the JSON Schema of every tool.</span></a
      >
    </div>
    <ol class="steps">
      ${shown.map((step) => html`<li>${step}</li>`)}
    </ol>`;
  const links = steps.map(([id, title]) => ({ href: `#${id}`, text: title }));
  return pageOf({ title: 'Start', path: '/docs', navigation: [{ title: 'First sync', links }], body });
}
