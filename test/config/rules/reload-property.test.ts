import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { SETTLE_TIME } from '../../../src/config/rules/reload.ts';
import { ruleNamed, watchRules } from './watching.ts';

type Change = { kind: 'write' | 'rename'; name: string } | { kind: 'truncate' | 'delete' | 'break' };

/** A change of the file, and the milliseconds until the next one. */
interface Step {
  change: Change;
  pauses: number[];
}

/** What was in the file, and when. */
interface Content {
  /** `null`: not valid. */
  name: string | null;
  from: number;
  to: number;
}

const name = fc.integer({ min: 1, max: 6 }).map((number) => `rule${number}`);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('write' as const, 'rename' as const), name }),
  fc.record({ kind: fc.constantFrom('truncate' as const, 'delete' as const, 'break' as const) }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ change, pauses: fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 12 },
);

/** Changes the file; returns the name of the rule in it, or `null` if it is invalid. */
function apply(change: Change, path: string): string | null {
  switch (change.kind) {
    case 'write':
      writeFileSync(path, ruleNamed(change.name));
      return change.name;
    case 'rename':
      writeFileSync(`${path}.new`, ruleNamed(change.name));
      renameSync(`${path}.new`, path);
      return change.name;
    case 'truncate':
      // Half of a rule: valid, with a shorter name.
      writeFileSync(path, 'rules:\n  - name: half');
      return 'half';
    case 'delete':
      rmSync(path, { force: true });
      return null;
    case 'break':
      writeFileSync(path, 'rules: {');
      return null;
  }
}

test('whatever happens to the file, only what it contained for two seconds is used, and in the end what it contains', () => {
  const seen = { changed: 0, invalid: 0, valid: 0 };
  fc.assert(
    fc.property(steps, (steps) => {
      using watched = watchRules();
      let at = 0;
      const contents: Content[] = [{ name: 'first', from: Number.NEGATIVE_INFINITY, to: Infinity }];
      const wasStable = (used: string | undefined) =>
        contents.some(({ name, from, to }) => name === used && Math.min(to, at) - from >= SETTLE_TIME);
      for (const { change, pauses } of steps) {
        const last = contents.at(-1);
        if (last) last.to = at;
        contents.push({ name: apply(change, watched.path), from: at, to: Infinity });
        for (const pause of pauses) {
          at += pause;
          assert.ok(wasStable(watched.pass(pause)), `${watched.name()} was used too early`);
        }
      }
      const before = watched.name();
      at += 6000;
      watched.pass(3000);
      const used = watched.pass(3000);
      const final = contents.at(-1)?.name ?? null;
      assert.equal(used, final ?? used);
      assert.equal(watched.rules.problems.length > 0, final === null);
      if (final === null && watched.kinds().at(-1) === 'invalid') assert.ok(wasStable(before));

      const states = watched.kinds().filter((kind) => kind === 'valid' || kind === 'invalid');
      for (const [index, kind] of states.entries())
        if (kind === 'valid') assert.equal(states[index - 1], 'invalid', 'an all-clear without a problem');
      for (const kind of ['changed', 'invalid', 'valid'] as const)
        seen[kind] += watched.kinds().filter((other) => other === kind).length;
    }),
    { numRuns: 200 },
  );
  assert.ok(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
});
