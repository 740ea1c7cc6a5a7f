/** The code blocks of docs/setup.md, unchanged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const HOME = join(import.meta.dirname, '..', '..');

export interface Block {
  /** `sh`, `ini`, `yaml`, … */
  language: string;
  text: string;
}

/** The code of a section, in its order. Throws where there is no such section. */
export function blocksOf(title: string): Block[] {
  const document = readFileSync(join(HOME, 'docs', 'setup.md'), 'utf8');
  const section = document.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`docs/setup.md has no "${title}"`);
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The shell lines, without their comments. */
export function commandsOf(blocks: readonly Block[]): string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '');
}
