import { html, inline, type Html } from './html.ts';
import { pageOf } from './layout.ts';

const exampleHash = 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72';
const exampleTask = '8f0f2a5e-6a55-4a4a-9e0b-0d3c5a1f7b21';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly command: string;
  /** What comes back, where a reader would want to know. */
  readonly answer?: string;
}

const stepsAt = (base: string): readonly Step[] => [
  {
    id: 'setup',
    title: 'Say where and who',
    says: 'Set these once in your shell; every example of these pages uses them.',
    command: `export ROLLCALL=${base}
export API=$ROLLCALL/api/v2/buyer
export KEY=rk_…                 # the key that the seller gave you

curl "$API/advertisers" -H "Authorization: Bearer $KEY"

export ADVERTISER=acct_12345    # an id from that list`,
  },
  {
    id: 'hash',
    title: 'Hash',
    says: 'A raw address or number never leaves your side. Trim an address and write it in lower case; write a number in E.164 with its plus sign; then take SHA-256.',
    command: "printf %s 'ada@example.com' | sha256sum     # on macOS: shasum -a 256",
    answer: `${exampleHash}  -`,
  },
  {
    id: 'sync',
    title: 'Upload',
    says: 'The answer comes as soon as the list is on disk, and names a task.',
    command: `curl "$API/advertisers/$ADVERTISER/audiences/sync" \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"audiences": [{
        "audienceId": "winter-buyers",
        "add": [{
          "externalId": "crm-1001",
          "hashedEmail": "${exampleHash}"
        }]
      }]}'`,
    answer: `{"success":true,"accountId":"acct_12345","operationId":"${exampleTask}","taskId":"${exampleTask}"}`,
  },
  {
    id: 'ask',
    title: 'Ask',
    says: 'The task tells what was matched, and `retryAfterSeconds` in it when to ask again. The list of audiences tells which can be targeted.',
    command: `export TASK=${exampleTask}    # from your answer

curl "$API/tasks/$TASK" -H "Authorization: Bearer $KEY"

curl "$API/advertisers/$ADVERTISER/audiences" -H "Authorization: Bearer $KEY"`,
  },
];

const cards = [
  ['/docs/rest', 'REST', 'The shape of Scope3’s buyer API: every call with an example.'],
  ['/docs/mcp', 'MCP tools', 'AdCP for agents, with the JSON Schema of every tool.'],
  ['/.well-known/agent-card.json', 'A2A', 'The agent card: AdCP over A2A 1.0 and 0.3.'],
  ['/api/v2/buyer/openapi.yaml', 'OpenAPI 3.1', 'The REST API for machines: generate a client from it.'],
] as const;

function stepView({ id, title, says, command, answer }: Step): Html {
  return html`<li>
    <section class="step" id="${id}">
      <h2>${title}</h2>
      <p>${inline(says)}</p>
      <pre><code>${command}</code></pre>
      ${answer === undefined ? html`` : html`<pre class="answer"><code>${answer}</code></pre>`}
    </section>
  </li>`;
}

/** Where a newcomer begins. `base` is the address of this server. */
export function startPage(base: string): string {
  const steps = stepsAt(base);
  const body = html`<h1>Audiences, matched for real</h1>
    <p class="lead">
      Upload hashed customer lists. Rollcall matches them against the seller’s own users and reports what it
      counted.
    </p>
    <div class="cards">
      ${cards.map(([href, title, says]) => html`<a class="card" href="${href}"><b>${title}</b><span>${says}</span></a>`)}
    </div>
    <ol class="steps">
      ${steps.map(stepView)}
    </ol>`;
  const links = steps.map(({ id, title }) => ({ href: `#${id}`, text: title }));
  return pageOf({ title: 'Start', path: '/docs', navigation: [{ title: 'First sync', links }], body });
}
