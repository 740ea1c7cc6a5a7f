import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chartCss, charts } from '../../src/charts/index.ts';

/** The colours of both schemes, by name. */
const schemes = [...chartCss.matchAll(/\.chart\{(--[^}]*?)(?:;max-width[^}]*)?\}/g)].map(([, body = '']) =>
  Object.fromEntries(body.split(';').map((pair) => pair.split(':') as [string, string])),
);

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const digits = /^#(\w\w)(\w\w)(\w\w)$/.exec(color.length === 4 ? color.replace(/\w/g, '$&$&') : color);
  const [r = 0, g = 0, b = 0] = (digits ?? []).slice(1).map((hex) => {
    const value = Number.parseInt(hex, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test('light and dark define the same colours, and each is used', () => {
  const [light = {}, dark = {}] = schemes;
  assert.equal(schemes.length, 2);
  assert.ok(Object.keys(light).length >= 7);
  assert.deepEqual(Object.keys(dark), Object.keys(light));
  for (const name of Object.keys(light)) assert.ok(chartCss.includes(`var(${name})`), name);
});

test('text has enough contrast to its background, and lines and borders are visible', () => {
  for (const scheme of schemes) {
    const color = (name: string) => scheme[`--chart-${name}`] ?? '';
    for (const ground of ['ground', 'box', 'lit'])
      for (const text of ['text', 'soft', 'accent'])
        assert.ok(contrast(color(text), color(ground)) >= 4.5, `${text} on ${ground}`);
    for (const line of ['line', 'accent']) assert.ok(contrast(color(line), color('ground')) >= 3, line);
  }
});

test('every class of the drawings has a style', () => {
  const classes = new Set(
    Object.values(charts).flatMap((svg) =>
      [...svg.matchAll(/ class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')),
    ),
  );
  // These only group, or share the style of others.
  for (const name of ['state', 'transition', 'start', 'atomic', 'final', 'does']) classes.delete(name);
  assert.ok(classes.size > 5);
  for (const name of [...classes, 'active', 'taken']) assert.match(chartCss, new RegExp(`\\.${name}\\b`));
});

test('a standalone picture contains the style of the page', () => {
  const picture = readFileSync(new URL('../../docs/charts/torrent.svg', import.meta.url), 'utf8');
  assert.equal(picture, `${charts.torrent.replace('>', () => `><style>\n${chartCss}</style>`)}\n`);
});
