/** `PROGRESS`, `SUMMARY_FROM` and `DIGEST_FROM`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policyOf } from '../../src/app/actors.ts';
import { parseConfig } from '../../src/config/index.ts';

type Env = Record<string, string>;

const parse = (env: Env) => parseConfig({ NTFY_TOPIC: 'downloads', ...env });

describe('the amount of notifications', () => {
  const accepted: [env: Env, progress: string, summaryFrom: number | null, digestFrom: number | null][] = [
    [{}, 'auto', 8, 4],
    [{ PROGRESS: 'Milestones' }, 'milestones', 8, 4],
    [{ PROGRESS: 'cards' }, 'cards', 8, 4],
    [{ PROGRESS: 'summary' }, 'summary', 8, 4],
    [{ PROGRESS: 'none' }, 'none', 8, 4],
    [{ PROGRESS: 'live' }, 'cards', 8, 4],
    [{ PROGRESS: 'LIVE' }, 'cards', 8, 4],
    [{ SUMMARY_FROM: '1', DIGEST_FROM: '1000' }, 'auto', 1, 1000],
    [{ SUMMARY_FROM: 'never', DIGEST_FROM: 'Never' }, 'auto', null, null],
  ];
  for (const [env, progress, summaryFrom, digestFrom] of accepted) {
    test(`of ${JSON.stringify(env)} is ${progress}, a summary from ${summaryFrom}, digests from ${digestFrom}`, () => {
      const parsed = parse(env);
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
      const policy = policyOf(parsed.config);
      assert.deepEqual(
        [policy.progress, policy.summaryFrom, policy.digestFrom],
        [progress, summaryFrom, digestFrom],
      );
    });
  }

  const refused: [env: Env, problem: RegExp][] = [
    [{ PROGRESS: 'yes' }, /PROGRESS must be one of: auto, cards, summary, milestones, none\.$/m],
    [{ DIGEST_FROM: '0' }, /DIGEST_FROM must be a whole number from 1 to 1000, or "never"\.$/m],
    [{ DIGEST_FROM: '2.5' }, /DIGEST_FROM must be a whole number/],
    [{ DIGEST_FROM: '1e2' }, /DIGEST_FROM must be a whole number/],
    [{ SUMMARY_FROM: '1001' }, /SUMMARY_FROM must be a whole number from 1 to 1000, or "never"\.$/m],
    [{ SUMMARY_FROM: '-1' }, /SUMMARY_FROM must be a whole number/],
    [{ SUMMARY_FROM: 'off' }, /SUMMARY_FROM must be a whole number/],
  ];
  for (const [env, problem] of refused) {
    test(`${JSON.stringify(env)} is refused, with an example`, () => {
      const parsed = parse(env);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, problem);
      assert.match(parsed.message, /^The configuration has one problem:[^]* {6}Example: [A-Z_]+=\S+/);
    });
  }
});
