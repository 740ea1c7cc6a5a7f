import { chartCss } from '../charts/index.ts';
import { script } from './client/index.ts';
import { icon } from './icon.ts';
import { styles } from './style/index.ts';

/** What the page needs beside itself, by path. All of it comes from here, as bytes that all answers share. */
export const assets: Readonly<Record<string, { type: string; body: Buffer<ArrayBuffer> }>> = {
  '/page.js': { type: 'text/javascript; charset=utf-8', body: Buffer.from(script) },
  '/page.css': { type: 'text/css; charset=utf-8', body: Buffer.from(`${chartCss}${styles}`) },
  '/icon.svg': { type: 'image/svg+xml', body: Buffer.from(icon) },
};
