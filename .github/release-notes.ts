/**
 * Prints the entry of a version in CHANGELOG.md, for its release. Fails if the tag differs from the version in
 * package.json, or if the changelog has no dated entry for it. Run it in the root of the repository.
 *
 *     node .github/release-notes.ts v1.2.3 [ghcr.io/owner/name@sha256:…]
 */
import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(name, 'utf8');

function notesOf(tag: string): string {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but package.json has ${version}`);
  const entries = read('CHANGELOG.md').split(/^## /m).slice(1);
  const entry = entries.find((text) => text.split(/\s/, 1)[0] === version);
  if (entry === undefined) throw new Error(`CHANGELOG.md has no entry for ${version}`);
  const [heading = '', ...lines] = entry.split('\n');
  if (!/\(\d{4}-\d{2}-\d{2}\)$/.test(heading)) throw new Error(`CHANGELOG.md has no date at ${heading}`);
  return lines.join('\n').trim();
}

function imageOf(image: string): string {
  return `## The image\n\n\`\`\`\n${image}\n\`\`\`\n\nSECURITY.md describes how to check its signature.`;
}

const [tag = '', image] = process.argv.slice(2);
try {
  process.stdout.write(`${[notesOf(tag), ...(image === undefined ? [] : [imageOf(image)])].join('\n\n')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
