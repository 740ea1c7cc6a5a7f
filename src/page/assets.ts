import { chartCss } from '../charts/index.ts';
import { script } from './client/index.ts';
import { icon } from './icon.ts';
import { styles } from './style/index.ts';

/** The page's files, by path, as bytes that all answers share. */
export const assets: Readonly<Record<string, { type: string; body: Buffer<ArrayBuffer> }>> = {
  '/page.js': { type: 'text/javascript; charset=utf-8', body: Buffer.from(script) },
  '/page.css': { type: 'text/css; charset=utf-8', body: Buffer.from(`${chartCss}${styles}`) },
  '/icon.svg': { type: 'image/svg+xml', body: Buffer.from(icon) },
};
