import assert from 'node:assert/strict';
import { test } from 'node:test';

import { style } from './style.ts';

/** Source: WCAG 2.2, 1.4.3, and its definitions of relative luminance and contrast ratio. */
const contrastMin = 4.5;

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const schemes = [...style.matchAll(/:root \{(.*?)\}/gs)].map(([, block]) =>
  Object.fromEntries(
    [...(block ?? '').matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  ),
) as readonly Readonly<Record<string, string>>[];

test('every text can be read on every ground, light and dark', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(schemes.length, 2);
  for (const scheme of schemes) {
    const grounds = ['ground', 'raised', 'code'];
    const texts = Object.keys(scheme).filter((name) => ![...grounds, 'line'].includes(name));
    assert.equal(texts.length, 10);
    for (const ground of grounds) {
      for (const text of texts) {
        const found = contrast(scheme[text] ?? '', scheme[ground] ?? '');
        assert.ok(found >= contrastMin, `${text} on ${ground}: ${found.toFixed(2)}`);
      }
    }
  }
});

test('nothing is loaded from anywhere', () => {
  assert.doesNotMatch(style, /url\(|@import|@font-face|https?:/);
});
