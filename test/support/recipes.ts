import { readFileSync } from 'node:fs';

const document = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');

/** The recipes of docs/rules.md: the YAML file below each heading, as it is. */
export function readRecipes(): ReadonlyMap<string, string> {
  const section = document.split(/^## /m).find((part) => part.startsWith('Recipes\n')) ?? '';
  const recipes = new Map<string, string>();
  for (const part of section.split(/^### /m).slice(1)) {
    const [title = ''] = part.split('\n', 1);
    const blocks = [...part.matchAll(/^```yaml\n([^]*?)^```$/gm)];
    if (blocks.length !== 1) throw new Error(`docs/rules.md: "${title}" has ${blocks.length} YAML blocks`);
    recipes.set(title, blocks[0]?.[1] ?? '');
  }
  return recipes;
}

/** The text of one recipe. Throws without it. */
export function recipeOf(title: string): string {
  const text = readRecipes().get(title);
  if (text === undefined) throw new Error(`docs/rules.md has no recipe "${title}"`);
  return text;
}
