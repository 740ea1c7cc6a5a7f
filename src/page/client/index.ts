import { scrollIntoView } from './bring.ts';
import { createDialog } from './dialog.ts';
import { createFilter } from './filter.ts';
import { createHighlighter } from './lights.ts';
import { main } from './main.ts';
import type { Parts } from './main.ts';
import { morph } from './morph.ts';
import { createStream } from './stream.ts';

const parts: Parts = {
  morph,
  bring: scrollIntoView,
  createDialog,
  createLights: createHighlighter,
  createFilter,
  createStream,
};

/**
 * The page's script, as a browser takes it: the functions' own text, from which Node, or the bundler, has taken the
 * types. So it is typed and linted like everything else, is in the one bundled file, and there is no step to build it.
 */
export const script = `(${String(main)})({${Object.entries(parts)
  .map(([name, part]) => `${name}: ${String(part)}`)
  .join(', ')}});\n`;
