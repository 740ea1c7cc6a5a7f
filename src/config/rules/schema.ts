/** What a rules file may contain. `rules schema` is generated from it, and messages continue the name of a value. */
import * as z from 'zod';
import { PROGRESS_MODES } from '../../../machines/policy.ts';
import { RESERVED_TOPICS } from '../address.ts';
import type { SendKind } from '../../../machines/routing/types.ts';
import { buttons } from './buttons.ts';
import { LIMITS } from './limits.ts';
import { readComparison } from './size.ts';
import { problemOfLink, problemOfTemplate } from './template.ts';

/** Ntfy's priorities 1 and 2 are silent. */
const PRIORITIES = 'must be a whole number from 1 to 5';

/** Kinds of notifications. */
export const SEND_KINDS = ['added', 'progress', 'completion', 'alerts', 'removed'] as const;

/** What may make a sound in quiet hours. */
export const QUIET_KINDS = ['completions', 'alerts', 'incidents'] as const;

/** A text, with a check that returns what is wrong. */
function text(what: string, maxLength: number, check: (text: string) => string | null = () => null) {
  return z
    .string(orMissing(`must be ${what}, as text; write it in quotes if it looks like a number`))
    .max(maxLength, `must have at most ${maxLength} characters`)
    .superRefine((text, context) => {
      const problem = check(text);
      if (problem !== null) context.addIssue(problem);
    });
}

const orMissing = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : message),
});

function oneOrMany<Item extends z.ZodType>(item: Item, max: number, what: string) {
  const list = z
    .array(item)
    .min(1, `must have at least one ${what}`)
    .max(max, `must have at most ${max} entries`);
  return z.union([item, list]);
}

const map = (what: string) => (issue: { code?: string }) =>
  issue.code === 'unrecognized_keys' ? undefined : `must be a map of ${what}`;

const notEmpty = (text: string) => (text === '' ? 'must not be empty' : null);

const globs = oneOrMany(text('a glob', LIMITS.globLength, notEmpty), LIMITS.globs, 'glob');
const isComparison = (text: string) =>
  readComparison(text) === null ? 'must be a comparison with a unit, like ">= 1 GB" or "< 700 MiB"' : null;

export const matchShape = {
  category: oneOrMany(text('a glob', LIMITS.globLength), LIMITS.globs, 'glob')
    .optional()
    .describe('The category or one of its parents. An empty text matches torrents without a category.'),
  tag: globs.optional().describe('One of the tags.'),
  name: globs.optional().describe('The name.'),
  tracker: globs.optional().describe('The host of the tracker.'),
  path: globs.optional().describe('The save path.'),
  size: text('a comparison', 60, isComparison)
    .optional()
    .describe(
      'The size of the selected files: ">= 1 GB", with >=, >, <= or < and B, kB, MB, GB, TB, KiB, MiB, GiB or TiB.',
    ),
  private: z
    .boolean('must be true or false')
    .optional()
    .describe('Whether it is a private torrent (qBittorrent 5).'),
};

const template = (maxLength: number, what: string) => text(what, maxLength, problemOfTemplate).optional();
const link = (what: string) => text(what, LIMITS.linkLength, problemOfLink).optional();

export const styleShape = {
  priority: z
    .int(PRIORITIES)
    .min(1, PRIORITIES)
    .max(5, PRIORITIES)
    .optional()
    .describe('1 and 2: silent; 3: default; 4 and 5: urgent.'),
  tags: oneOrMany(
    text('a tag', LIMITS.tagLength, (tag) =>
      /^[^\s,]+$/.test(tag) ? null : 'must be a tag without blanks and commas',
    ),
    LIMITS.tags,
    'tag',
  )
    .optional()
    .describe('Tags of ntfy: an emoji short code is shown as emoji.'),
  title: template(LIMITS.titleLength, 'a title').describe('The title, with fields like {{name}}.'),
  message: template(LIMITS.messageLength, 'a message').describe('The text, with fields like {{size}}.'),
  click: link('an address').describe('The address that a tap opens. Fields are percent-encoded.'),
  icon: link('an address').describe('The address of a picture. Fields are percent-encoded.'),
};

const withButtons = { ...styleShape, buttons };

/** The settings of each kind of notifications. */
export const kindShapes = {
  added: styleShape,
  progress: withButtons,
  completion: styleShape,
  alerts: withButtons,
  removed: styleShape,
} as const satisfies Record<SendKind, z.ZodRawShape>;

const style = <Shape extends z.ZodRawShape>(shape: Shape, what: string) =>
  z
    .strictObject(shape, { error: map('settings') })
    .optional()
    .describe(`How notifications about ${what} look.`);

/** One topic on the server of `NTFY_TOPIC`. Never in a message: who knows a topic can read it. */
const topicName = z
  .string('must be a topic, as text; write it in quotes if it looks like a number')
  .superRefine((name, context) => {
    const problem = problemOfTopic(name);
    if (problem !== null) context.addIssue(problem);
  });

/** What is wrong with the name of a topic; `null` if nothing is. */
export function problemOfTopic(name: string): string | null {
  if (/[:/.]/.test(name)) return 'must be the name of a topic on the server of NTFY_TOPIC, not an address';
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(name)) return 'must be a topic of 1 to 64 letters, digits, "-" and "_"';
  return RESERVED_TOPICS.has(name) ? 'must be another topic: ntfy reserves this name' : null;
}

const ruleName = text('a name', LIMITS.nameLength, (name) =>
  /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(name) && name.trim() === name
    ? null
    : 'must be a name without control characters and without blanks at its ends',
);

export const ruleShape = {
  name: ruleName.describe('Shown on the page, in metrics and by `rules explain`.'),
  match: z
    .strictObject(matchShape, { error: map('conditions') })
    .default({})
    .describe('All conditions must hold; without conditions the rule matches every torrent.'),
  send: z
    .array(z.enum(SEND_KINDS, `must be one of ${SEND_KINDS.join(', ')}`), 'must be a list, like [completion]')
    .max(SEND_KINDS.length, 'must have each kind once')
    .default(['progress', 'completion', 'alerts'])
    .describe('Which notifications are sent; an empty list: none.'),
  topic: topicName.optional().describe('Another topic on the same ntfy server.'),
  digest: z
    .literal(false, 'can only be false, which excludes the torrents of the rule from digests')
    .optional()
    .describe('false: completions and alerts of the rule are never grouped.'),
  added: style(kindShapes.added, 'added torrents'),
  progress: style(kindShapes.progress, 'progress'),
  completion: style(kindShapes.completion, 'completed torrents'),
  alerts: style(kindShapes.alerts, 'problems of torrents'),
  removed: style(kindShapes.removed, 'torrents that were removed before they were complete'),
};

const COUNT = 'must be a whole number from 1 to 1000, or never';
/** Both with one message: it is shown whichever of them was meant. */
const threshold = z
  .union([z.int(COUNT).min(1, COUNT).max(1000, COUNT), z.literal('never', COUNT)])
  .optional();

export const topicShape = {
  digest_from: threshold.describe(
    'From how many completions within a minute, or alerts within ten seconds, they are grouped in one notification; ' +
      'never: each has its own. Default: DIGEST_FROM.',
  ),
  summary_from: threshold.describe(
    'While more than this many torrents of the topic download, one summary replaces their progress; never: each has ' +
      'its own. Default: SUMMARY_FROM.',
  ),
  progress: z
    .enum(PROGRESS_MODES, `must be one of ${PROGRESS_MODES.join(', ')}`)
    .optional()
    .describe(
      'How progress is shown on this topic. cards: one notification per torrent, updated in place; summary: one that ' +
        'lists all torrents; milestones: messages at 25, 50 and 75 %; none: not at all; auto: by what the server ' +
        'supports, and by how many torrents download. Default: PROGRESS.',
    ),
};

const timeOfDay = z
  .string(orMissing('must be a time like "22:30"'))
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time like "22:30"');

export const quietShape = {
  from: timeOfDay.describe('When quiet hours begin, in TZ.'),
  to: timeOfDay.describe('When they end.'),
  through: z
    .array(
      z.enum(QUIET_KINDS, `must be one of ${QUIET_KINDS.join(', ')}`),
      'must be a list, like [incidents]',
    )
    .max(QUIET_KINDS.length, 'must have each kind once')
    .default([])
    .describe('What may make a sound in quiet hours.'),
};

const quiet = z
  .strictObject(quietShape, { error: map('settings') })
  .refine(({ from, to }) => from !== to, 'must end at another time than it begins')
  .optional()
  .describe('Between these times everything is silent; what happened is listed at the end.');

export const fileShape = {
  rules: z
    .array(z.strictObject(ruleShape, { error: map('settings') }), 'must be a list of rules')
    .max(LIMITS.rules, `must have at most ${LIMITS.rules} rules`)
    .default([])
    .describe('The first rule that matches a torrent applies to it.'),
  topics: z
    .record(topicName, z.strictObject(topicShape, { error: map('settings') }), { error: map('topics') })
    .default({})
    .describe('Settings of topics.'),
  quiet,
};

/** The schema of the whole file. */
export const fileSchema = z.strictObject(fileShape, {
  error: (issue) =>
    issue.code === 'unrecognized_keys' ? undefined : 'the file must be a map with the key "rules"',
});

/** The validated content of a file. */
export type RulesFile = z.output<typeof fileSchema>;
/** The settings of a kind of notifications in a rule, apart from its buttons. */
export type StyleSettings = NonNullable<RulesFile['rules'][number]['completion']>;
