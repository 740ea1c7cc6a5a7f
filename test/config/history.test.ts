import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';

const parse = (HISTORY: string) => parseConfig({ NTFY_TOPIC: 'downloads', HISTORY });

const DAY = 86_400_000;

for (const [text, maxAge] of [
  ['', 30 * DAY],
  ['1d', DAY],
  ['90d', 90 * DAY],
  ['9999d', 9999 * DAY],
  ['0', 0],
  ['0d', 0],
] as const) {
  test(`HISTORY=${text} keeps ${maxAge / DAY} days, and 1,000 torrents`, () => {
    const parsed = parse(text);
    assert.deepEqual(parsed.ok && parsed.config.history, { maxAge, maxEntries: 1000 });
  });
}

for (const text of ['30', '1.5d', '-1d', '12h', '10000d', '00d', 'none', '1000']) {
  test(`HISTORY=${text} is refused`, () => {
    const parsed = parse(text);
    const problem = /HISTORY must be a number of days, such as 30d, from 1d to 9999d, or 0 for none\.$/m;
    assert.match(parsed.ok ? '' : parsed.message, problem);
  });
}
