/** `LOCALE` and `UNITS`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';

type Env = Record<string, string>;

const parse = (env: Env) => parseConfig({ NTFY_TOPIC: 'downloads', ...env });

describe('the locale and the units', () => {
  const accepted: [env: Env, locale: string | undefined, units: string][] = [
    [{}, undefined, 'decimal'],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' }, undefined, 'decimal'],
    [{ LOCALE: 'de-DE' }, 'de-DE', 'decimal'],
    [{ LOCALE: 'PT-br' }, 'pt-BR', 'decimal'],
    [{ LOCALE: 'en-US-u-hc-h23' }, 'en-US-u-hc-h23', 'decimal'],
    [{ UNITS: 'Binary' }, undefined, 'binary'],
  ];
  for (const [env, locale, units] of accepted) {
    test(`of ${JSON.stringify(env)} are ${locale ?? 'none'} and ${units}`, () => {
      const parsed = parse(env);
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
      assert.deepEqual([parsed.config.locale, parsed.config.units], [locale, units]);
    });
  }

  const refused: [env: Env, problem: RegExp][] = [
    [{ LOCALE: 'de_DE.UTF-8' }, /LOCALE must be a language tag \(BCP 47\) with hyphens/],
    [{ LOCALE: 'C' }, /LOCALE must be a language tag/],
    [{ LOCALE: 'tlh' }, /LOCALE must be a language tag/],
    [{ LOCALE: `de-x-${'a'.repeat(100)}` }, /LOCALE must be a language tag/],
    [{ UNITS: 'iec' }, /UNITS must be one of: decimal, binary/],
  ];
  for (const [env, problem] of refused) {
    test(`${JSON.stringify(env)} is refused, with an example and without the value`, () => {
      const parsed = parse(env);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, problem);
      assert.match(parsed.message, /^The configuration has one problem:[^]* {6}Example: (LOCALE|UNITS)=\S+/);
      for (const value of Object.values(env).filter((text) => text.length > 1))
        assert.ok(!parsed.message.includes(value));
    });
  }
});
