import { html, type Html } from './html.ts';

export interface NavigationGroup {
  readonly title: string;
  readonly links: readonly { readonly href: string; readonly text: string; readonly method?: string }[];
}

interface Page {
  readonly title: string;
  /** The address of the page, for marking it in the head line. */
  readonly path: string;
  readonly navigation: readonly NavigationGroup[];
  readonly body: Html;
}

const tabs = [
  ['/docs', 'Start'],
  ['/docs/rest', 'REST'],
  ['/docs/mcp', 'MCP tools'],
] as const;

export function methodBadge(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

/** A whole page. It asks for nothing but its style sheet, which this server has too. */
export function pageOf({ title, path, navigation, body }: Page): string {
  const head = tabs.map(
    ([href, text]) =>
      html`<a href="${href}" ${href === path ? html` aria-current="page"` : html``}>${text}</a>`,
  );
  const groups = navigation.map(({ title: heading, links }) => {
    const items = links.map(
      ({ href, text, method }) =>
        html`<li>
          <a href="${href}">${method === undefined ? html`` : methodBadge(method)}<span>${text}</span></a>
        </li>`,
    );
    return html`<h2>${heading}</h2>
      <ul>
        ${items}
      </ul>`;
  });
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Rollcall</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <header>
          <a class="mark" href="/docs">Rollcall</a>
          <nav aria-label="Pages">${head}</nav>
          <a class="file" href="/api/v2/buyer/openapi.yaml">openapi.yaml</a>
        </header>
        <div class="columns">
          <nav class="side" aria-label="On this page">${groups}</nav>
          <main>${body}</main>
        </div>
      </body>
    </html> `;
  return page.text;
}
