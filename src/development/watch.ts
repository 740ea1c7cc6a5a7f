/** `npm run dev`: runs the sources, and restarts when a file changes. */
import { join } from 'node:path';
import { launch } from './launch.ts';
import { definedOf } from './shipped.ts';

const entry = join(import.meta.dirname, 'index.ts');
launch(['--watch-preserve-output', '--watch', entry], definedOf(process.env));
