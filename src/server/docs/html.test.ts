import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { html, inline, jsonView, prose } from './html.ts';

const textOf = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

test('a value cannot break out of its place', () => {
  const evil = `"><script>alert('x')</script>&amp;`;
  assert.equal(
    html`<a href="${evil}">${evil}</a>`.text,
    `<a href="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</a>`,
  );
  assert.equal(html`<b>${html`<i>${5}</i>`}</b>`.text, '<b><i>5</i></b>');
});

test('a JSON view reads back as what it shows, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(textOf(jsonView(value).text), JSON.stringify(value, null, 2));
    }),
  );
});

test('words in backticks are code, and an empty line ends a paragraph', () => {
  assert.equal(inline('a `b<` c').text, 'a <code>b&lt;</code> c');
  assert.equal(prose('a\n\nb').text, '<p>a</p><p>b</p>');
});
