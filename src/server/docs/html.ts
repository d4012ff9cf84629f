/** Text that is HTML already. Everything else is escaped when it is put into a template. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(({ text }) => text).join('');
}

/** A template whose values cannot break out of their places. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, at) => {
    const part = parts[at];
    return part === undefined ? string : string + textOf(part);
  });
  return new Html(text.join(''));
}

export const nothing: Html = new Html('');

/** Words with `code` in backticks. */
export function inline(text: string): Html {
  const parts = text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
  return html`${parts}`;
}

/** Paragraphs that are parted by empty lines. */
export function prose(text: string): Html {
  const paragraphs = text.split('\n\n').map((part) => html`<p>${inline(part)}</p>`);
  return html`${paragraphs}`;
}

const jsonTokens = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\b\d[\d.eE+-]*\b|\btrue\b|\bfalse\b|\bnull\b)/g;

/** A JSON value with its kinds told apart. */
export function jsonView(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  const parts: Html[] = [];
  let from = 0;
  for (const match of text.matchAll(jsonTokens)) {
    const [whole, string, colon, word] = match;
    parts.push(html`${text.slice(from, match.index)}`);
    if (string === undefined) parts.push(html`<span class="w">${word ?? ''}</span>`);
    else if (colon === undefined) parts.push(html`<span class="s">${string}</span>`);
    else parts.push(html`<span class="k">${string}</span>${colon}`);
    from = match.index + whole.length;
  }
  parts.push(html`${text.slice(from)}`);
  return html`<pre><code>${parts}</code></pre>`;
}
