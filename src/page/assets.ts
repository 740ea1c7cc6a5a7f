import { chartCss } from '../charts/index.ts';
import { script } from './client/index.ts';
import { icon } from './icon.ts';
import { styles } from './style/index.ts';

/** What the page needs beside itself, by path. All of it comes from here. */
export const assets: Readonly<Record<string, { type: string; text: string }>> = {
  '/page.js': { type: 'text/javascript; charset=utf-8', text: script },
  '/page.css': { type: 'text/css; charset=utf-8', text: `${chartCss}${styles}` },
  '/icon.svg': { type: 'image/svg+xml', text: icon },
};
