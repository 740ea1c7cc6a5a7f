import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSize } from '../../src/format/figures.ts';
import { formatCount, formatNumber, formatPercent } from '../../src/format/number.ts';

/** The widths of spaces and the shape of an apostrophe differ between versions of ICU. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('’', "'");

describe('a number', () => {
  test('without a locale has a point, no separators, and a fixed number of decimals', () => {
    assert.deepEqual(
      [formatNumber(1.25, 1, undefined), formatNumber(4000, 0, undefined), formatNumber(2, 1, undefined)],
      ['1.3', '4000', '2.0'],
    );
  });

  const cases: [locale: string, tenths: string, whole: string, percent: string][] = [
    ['de', '1,3', '20.000', '42 %'],
    ['en-US', '1.3', '20,000', '42%'],
    ['fr', '1,3', '20 000', '42 %'],
    ['de-CH', '1.3', "20'000", '42%'],
    ['hi-IN', '1.3', '20,000', '42%'],
    ['ar-EG', '١٫٣', '٢٠٬٠٠٠', '٤٢٪\u061c'],
    ['de-u-nu-thai', '๑,๓', '๒๐.๐๐๐', '๔๒ %'],
  ];
  for (const [locale, tenths, whole, percent] of cases) {
    test(`in ${locale} is written as there`, () => {
      assert.deepEqual(
        [formatNumber(1.3, 1, locale), formatCount(20_000, locale), formatPercent(42, locale)].map(plain),
        [tenths, whole, percent],
      );
    });
  }

  test('of downloads has its thousands separated by a comma if there is no locale', () =>
    assert.equal(formatCount(20_000, undefined), '20,000'));
});

test('each whole percent stays what it is in any locale', () => {
  for (let percent = 0; percent <= 100; percent += 1) {
    assert.equal(formatPercent(percent, 'en'), `${percent}%`);
    assert.equal(formatPercent(percent, undefined), `${percent}%`);
  }
});

describe('a size in binary units', () => {
  const cases: [bytes: number, text: string][] = [
    [0, '0 B'],
    [-1, '0 B'],
    [1000, '1000 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [102_348, '99.9 KiB'],
    [102_349, '100 KiB'],
    [102_400, '100 KiB'],
    [1_047_552, '1023 KiB'],
    [1_048_576, '1.0 MiB'],
    [704_000_000, '671 MiB'],
    [1_073_741_824, '1.0 GiB'],
    [4_700_000_000, '4.4 GiB'],
    [2e12, '1.8 TiB'],
    [3e15, '2.7 PiB'],
    [4e18, '3553 PiB'],
  ];
  for (const [bytes, text] of cases) {
    test(`of ${bytes} bytes is ${text}`, () => assert.equal(formatSize(bytes, { units: 'binary' }), text));
  }

  test('is never shown as a whole step of the next unit', () => {
    for (let power = 1; power <= 4; power += 1) {
      for (const bytes of [1024 ** power - 1, 1024 ** power * 1023.6, 1024 ** power]) {
        assert.doesNotMatch(formatSize(bytes, { units: 'binary' }), /^1024 [KMGT]/);
      }
    }
  });
});

test('a size has the decimals and the separator of the locale, and the same unit', () => {
  assert.equal(formatSize(1_300_000, { locale: 'de' }), '1,3 MB');
  assert.equal(formatSize(1_300_000, { locale: 'de', units: 'binary' }), '1,2 MiB');
  assert.equal(formatSize(704_000_000, { locale: 'de' }), '704 MB');
  assert.equal(formatSize(2e12, { locale: 'de' }), '2,0 TB');
});
