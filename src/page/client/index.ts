import { scrollIntoView } from './scroll-into-view.ts';
import { createDialog } from './dialog.ts';
import { createFilter } from './filter.ts';
import { createHighlighter } from './highlighter.ts';
import { main } from './main.ts';
import type { Parts } from './main.ts';
import { morph } from './morph.ts';
import { createStream } from './stream.ts';

const parts: Parts = {
  morph,
  scrollIntoView,
  createDialog,
  createHighlighter,
  createFilter,
  createStream,
};

/**
 * The page's script: the source text of these functions, from which Node or the bundler has removed the types. So it is
 * type-checked and linted, is part of the one bundled file, and needs no build step.
 */
export const script = `(${String(main)})({${Object.entries(parts)
  .map(([name, part]) => `${name}: ${String(part)}`)
  .join(', ')}});\n`;
