/** The size that is added to the base image. */
import { statSync } from 'node:fs';
import { atMost } from '../lib/figure.ts';
import type { Figure } from '../lib/figure.ts';
import { BUNDLE } from '../../../src/development/bundle.ts';

export const image: Figure = {
  name: 'image',
  title: 'Image',
  how: 'The last stage of the Dockerfile copies one file onto the base, which has Node and CA certificates: that file is our layer.',
  measure: () =>
    Promise.resolve([
      atMost(2e6, 'at most 2 MB', { what: 'our layer', unit: 'bytes', runs: [statSync(BUNDLE).size] }),
    ]),
};
