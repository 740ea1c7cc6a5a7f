/** The code blocks of the documents, unchanged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const HOME = join(import.meta.dirname, '..', '..');

export interface Block {
  /** `sh`, `ini`, `yaml`, … */
  language: string;
  text: string;
}

/** A section of a document below `docs`, without its subsections. Throws where there is no such section. */
export function sectionOf(title: string, page = 'setup.md'): string {
  const document = readFileSync(join(HOME, 'docs', page), 'utf8');
  const section = document.split(/^#{2,3} /m).find((part) => part.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`docs/${page} has no "${title}"`);
  return section;
}

/** The code of a section, in its order. */
export function blocksOf(title: string, page?: string): Block[] {
  return [...sectionOf(title, page).matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  );
}

/** The shell lines, without their comments. */
export function commandsOf(blocks: readonly Block[]): string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '');
}
