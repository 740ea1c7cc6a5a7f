/** A topic in the rules file is a name on the server of NTFY_TOPIC, and nothing else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { problemOfTopic } from '../../../src/config/rules/schema.ts';
import { problemOf, rulesOf, withLine } from './parsing.ts';

const elsewhere = [
  '../planted',
  '..',
  '.',
  '/planted',
  '//planted.example.org/x',
  'planted/../v1/account',
  'planted?auth=x',
  'planted#x',
  '%2e%2e%2fplanted',
  'planted%2Fx',
  'https://planted.example.org/x',
  'HTTP:planted',
  'planted:443',
  'user@planted',
  'planted\\x',
  'planted,other',
  'planted other',
  'planted\n',
  '\u202eplanted',
  'plantéd',
  '',
  'v1',
  'docs',
  'p'.repeat(65),
];

describe('a topic that would lead elsewhere is rejected, in a rule and as a key of topics', () => {
  for (const topic of elsewhere) {
    test(JSON.stringify(topic), () => {
      const quoted = JSON.stringify(topic);
      assert.match(problemOf(withLine(`topic: ${quoted}`)), /^3:12: rule "own": topic must be /);
      assert.match(problemOf(`topics: { ${quoted}: {} }`), /^1:11: a topic must be /);
    });
  }
});

test('every topic that is accepted stays one segment of a URL on the same server, as it is written', () => {
  const seen = { accepted: 0, rejected: 0 };
  const character = fc.constantFrom(...Array.from('aZ0-_./?#%:@\\ \t\n&=é\u202e😀'));
  const topic = fc.oneof(
    fc.stringMatching(/^[-_A-Za-z0-9]{1,70}$/),
    fc.array(character).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(topic, (topic) => {
      const isAccepted = problemOfTopic(topic) === null;
      seen[isAccepted ? 'accepted' : 'rejected'] += 1;
      if (!isAccepted) return;
      const url = new URL(`https://ntfy.example.org/base/${topic}`);
      assert.equal(url.href, `https://ntfy.example.org/base/${topic}`);
      assert.deepEqual([url.host, url.pathname], ['ntfy.example.org', `/base/${topic}`]);
      assert.deepEqual([...rulesOf(withLine(`topic: "${topic}"`)).topics.values()].at(-1), topic);
    }),
    { numRuns: 1000 },
  );
  assert.ok(Math.min(seen.accepted, seen.rejected) > 100, JSON.stringify(seen));
});
