import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createFileSet, filesAt, normalize, placeOf } from '../../src/qbittorrent/paths.ts';
import type { ReportedPlace } from '../../src/qbittorrent/paths.ts';

/** The files of a torrent that qBittorrent reports like this. */
function filesOf(reported: Partial<ReportedPlace>, ...names: string[]): string[] {
  const place = placeOf({ name: 'Name', save_path: '/downloads', content_path: null, ...reported });
  return place === null ? [] : filesAt(place, names.map(normalize));
}

describe('the files of a torrent', () => {
  test('are in the folder where its only file is, also if that is a subfolder', () => {
    assert.deepEqual(filesOf({ content_path: '/temp/a.bin' }, 'a.bin'), ['/temp/a.bin']);
    assert.deepEqual(filesOf({ content_path: '/temp/sub/a.bin' }, 'sub/a.bin'), ['/temp/sub/a.bin']);
  });

  test('are in the folder above their common one, or in that of the content if they have none', () => {
    const both = ['/temp/show/1.mkv', '/temp/show/extras/2.mkv'];
    assert.deepEqual(filesOf({ content_path: '/temp/show' }, 'show/1.mkv', 'show/extras/2.mkv'), both);
    assert.deepEqual(filesOf({ content_path: '/temp/show' }, '1.mkv', 'extras/2.mkv'), both);
  });

  test('are in the save path where the content is not reported (before 4.3.1), or only relative to it (4.5)', () => {
    assert.deepEqual(filesOf({ save_path: '/downloads/' }, 'a.bin'), ['/downloads/a.bin']);
    assert.deepEqual(filesOf({}, 'show/1.mkv', 'show/2.mkv'), [
      '/downloads/show/1.mkv',
      '/downloads/show/2.mkv',
    ]);
    assert.deepEqual(filesOf({ content_path: 'a.bin' }, 'a.bin'), ['/downloads/a.bin']);
  });

  test('are none before the metadata', () => {
    assert.deepEqual(filesOf({ content_path: '' }), []);
  });

  test('have the same path in upper and lower case, in both forms of a letter, and on Windows', () => {
    const composed = filesOf({ content_path: '/Films/\u00dcber.mkv' }, '\u00dcber.mkv');
    assert.deepEqual(filesOf({ content_path: '/films/u\u0308ber.MKV' }, 'u\u0308ber.MKV'), composed);
    const windows = ['c:/films/show/1.mkv', 'c:/films/show/2.mkv'];
    const names = ['show\\1.mkv', 'show/2.mkv'];
    assert.deepEqual(filesOf({ content_path: 'C:\\Films\\show' }, ...names), windows);
    assert.deepEqual(filesOf({ content_path: '\\\\nas\\show' }, ...names)[0], '//nas/show/1.mkv');
  });

  test('can be in the root folder', () => {
    assert.deepEqual(filesOf({ content_path: '/' }, 'a', 'b'), ['/a', '/b']);
    assert.deepEqual(filesOf({ save_path: '/' }, 'a'), ['/a']);
  });
});

test('a set of files has them, and knows the folders above them', () => {
  const names = fc.stringMatching(/^[ab]{1,2}(\/[ab]{1,2}){0,3}$/).map((name) => `/${name}`);
  const property = fc.property(fc.array(names), names, (paths, path) => {
    const files = createFileSet(paths);
    assert.equal(files.has(path), paths.includes(path));
    const isAbove = paths.some((file) => file === path || file.startsWith(`${path}/`));
    assert.equal(files.overlaps(path), isAbove);
    assert.equal(files.overlaps('/'), paths.length > 0);
  });
  fc.assert(property, { numRuns: 2000 });
});
