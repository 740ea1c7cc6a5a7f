import { basename } from 'node:path';
import * as z from 'zod';
import { createCategoryGlob, createGlob } from '../../machines/routing/glob.ts';
import type { TextMatcher } from '../../machines/routing/types.ts';
import type { Config } from '../config/index.ts';
import type { RuleSet } from '../config/rules/index.ts';
import { parseJson } from '../http/request.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Problems and names in one finding; `rules check` lists all. */
const MAX_LISTED = 5;

/** Whether the file in `RULES_FILE` is valid, and the rules in it. */
export async function checkRulesFile(
  config: Pick<Config, 'rulesFile' | 'ntfy' | 'commands'>,
): Promise<{ outcome: Outcome; rules: RuleSet | null }> {
  const { rulesFile: path } = config;
  if (path === null)
    return { outcome: ok('RULES_FILE is not set: all torrents are notified alike'), rules: null };
  const { describeProblem, parseFile, readRulesFile, targetOf } = await import('../config/rules/index.ts');
  const parsed = parseFile(readRulesFile(path), targetOf(config));
  const list = (problems: Parameters<typeof describeProblem>[1][]) =>
    shorten(
      problems.map((problem) => describeProblem(basename(path), problem)),
      ' ',
    );
  if (!parsed.ok)
    return {
      outcome: fail(
        list(parsed.problems),
        'Correct the file in RULES_FILE: `rules check` lists all problems.',
      ),
      rules: null,
    };
  const { rules, warnings } = parsed;
  if (warnings.length > 0)
    return { outcome: warn(list(warnings), 'Correct the file in RULES_FILE, or ignore it.'), rules };
  return { outcome: ok(`RULES_FILE is valid: ${countOf(rules.rules.length)}`), rules };
}

const countOf = (count: number): string => (count === 1 ? '1 rule' : `${count} rules`);

function shorten(texts: readonly string[], separator: string): string {
  const more = texts.length - MAX_LISTED;
  return [...texts.slice(0, MAX_LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

const categories = z.record(z.string(), z.unknown()).transform((map) => Object.keys(map));
const tags = z.array(z.string());

/**
 * A warning if no category or tag in qBittorrent matches one of the rules: probably it is misspelt. `null` if all exist,
 * or if qBittorrent does not list them (tags: 4.2 and later). Needs a session.
 */
export async function checkNames(connection: Connection, { named }: RuleSet): Promise<Outcome | null> {
  const [ofCategories, ofTags] = [named.categories, named.tags];
  const unknown = [
    ...(ofCategories.length === 0
      ? []
      : findUnmatched(
          'category',
          ofCategories,
          await readNames(connection, 'categories', categories),
          createCategoryGlob,
        )),
    ...(ofTags.length === 0
      ? []
      : findUnmatched('tag', ofTags, await readNames(connection, 'tags', tags), createGlob)),
  ];
  if (unknown.length === 0) return null;
  return warn(
    `qBittorrent has no ${shorten(unknown, ', no ')}`,
    'Correct the names in RULES_FILE, or create them in qBittorrent.',
  );
}

async function readNames(
  { call }: Connection,
  what: 'categories' | 'tags',
  schema: z.ZodType<string[]>,
): Promise<string[] | null> {
  const reply = await call(`torrents/${what}`);
  if (!reply.ok || reply.value.status !== 200) return null;
  return schema.safeParse(parseJson(reply.value.text)).data ?? null;
}

/** The globs that match none of the existing names. */
export function findUnmatched(
  what: string,
  globs: readonly string[],
  existing: readonly string[] | null,
  create: (pattern: string) => TextMatcher,
): string[] {
  if (existing === null) return [];
  return globs
    .filter((glob) => {
      const matches = create(glob);
      return !existing.some((name) => matches(name));
    })
    .map((glob) => `${what} that matches "${glob}"`);
}
