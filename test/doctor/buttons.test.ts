/** What the doctor finds about the buttons, with the embedded ntfy. With real ones: buttons-real.test.ts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { CheckId } from '../../src/doctor/index.ts';
import { freePort } from '../servers/ports.ts';
import { serve } from '../http/server.ts';
import { assertDiagnosis, examine, startSetup, temporaryFolder } from './setup.ts';

const COMMAND_TOPIC = 'planted-commands';

/** The embedded ntfy is on loopback and without TLS, so the phone's address is always a warning, unless it is another. */
const PUBLIC_TOPIC = `https://ntfy.invalid/${COMMAND_TOPIC}`;

const CHECKS: CheckId[] = ['buttons', 'buttons-reading', 'buttons-publishing'];

/** A set-up whose ntfy allows everything to everyone, and what the doctor finds in it. */
async function startOpen() {
  const setup = await startSetup({ ntfy: { token: undefined } });
  const env: Record<string, string> = { ...setup.env, NTFY_TOKEN: '' };
  const diagnose = (changes: Record<string, string> = {}) => examine({ ...env, COMMAND_TOPIC, ...changes });
  return { ...setup, env, diagnose };
}

test('without COMMAND_TOPIC there is one line, which says that there are no buttons', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine(setup.env);
  const { status, found } = diagnosis.of('buttons');
  assert.deepEqual([status, found], ['ok', 'COMMAND_TOPIC is not set: cards have no buttons']);
  const ids = diagnosis.findings.map(({ id }) => id).filter((id) => CHECKS.includes(id));
  assert.deepEqual(ids, ['buttons']);
  assert.ok(setup.ntfy.requests.every(({ path }) => !path.includes('commands')));
});

test('a topic that everyone may read and write works, with a warning that presses can be seen', async () => {
  await using setup = await startOpen();
  const diagnosis = await setup.diagnose();
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('warn'), ['buttons', 'buttons-reading']);
  assert.match(diagnosis.of('buttons-reading').found, /can see presses, but not repeat them$/);
  assert.match(diagnosis.of('buttons-publishing').found, /^everyone, .* may publish to the command topic$/);
  assert.deepEqual(setup.ntfy.messages, [], 'nothing that could be read as a press');
});

describe("the phone's address", () => {
  test('that other networks cannot reach, or without encryption, is a warning', async () => {
    await using setup = await startOpen();
    const { found, advice } = (await setup.diagnose()).of('buttons');
    assert.match(
      found,
      /^the phone publishes to 127\.0\.0\.1:\d+, which cannot be .*, and without encryption$/,
    );
    assert.match(advice ?? '', /https URL .* VPN/);
  });

  test('that cannot be tried from here is a warning about that only', async () => {
    await using setup = await startOpen();
    const diagnosis = await setup.diagnose({ COMMAND_TOPIC: PUBLIC_TOPIC });
    assert.deepEqual(diagnosis.with('fail'), []);
    assert.equal(diagnosis.of('buttons').found, 'the phone publishes to ntfy.invalid');
    const { status, found, advice } = diagnosis.of('buttons-publishing');
    assert.equal(status, 'warn');
    assert.match(found, /^the phone's address cannot be tried from here: .*ntfy\.invalid/);
    assert.match(advice ?? '', /https:\/\/ntfy\.invalid\/v1\/health on the phone/);
  });

  test('of another ntfy is a failure', async () => {
    await using setup = await startOpen();
    await using other = await serve(({ url }, outgoing) => {
      if (url === '/v1/config') return outgoing.end('{"config_hash":"other"}');
      return outgoing.writeHead(400).end('{"code":40007}');
    });
    assertDiagnosis(await setup.diagnose({ COMMAND_TOPIC: other.url + COMMAND_TOPIC }), {
      fails: 'buttons',
      found: /^the ntfy at 127\.0\.0\.1:\d+, to which the phone publishes, is another server/,
      advice: /topic on the server of NTFY_TOPIC/,
    });
  });

  test('that redirects, or where a proxy answers, is a failure', async () => {
    await using setup = await startOpen();
    await using moved = await serve((_, outgoing) =>
      outgoing.writeHead(301, { location: 'https://ntfy.example.org/x' }).end(),
    );
    assertDiagnosis(await setup.diagnose({ COMMAND_TOPIC: moved.url + COMMAND_TOPIC }), {
      fails: 'buttons-publishing',
      found: /^127\.0\.0\.1:\d+: the server answers with a redirect \(301\) to https:\/\/ntfy\.example\.org$/,
      advice: /^Set COMMAND_TOPIC to the target/,
    });
    await using login = await serve((_, outgoing) => outgoing.writeHead(401).end('<html>'));
    assertDiagnosis(await setup.diagnose({ COMMAND_TOPIC: login.url + COMMAND_TOPIC }), {
      fails: 'buttons-publishing',
      found: /^127\.0\.0\.1:\d+: something in front of ntfy requires a login/,
      advice: /Configure the proxy/,
    });
  });
});

test('an ntfy that everyone needs credentials for is a failure without COMMAND_TOKEN, and with a wrong one', async () => {
  await using setup = await startSetup();
  const env = { ...setup.env, COMMAND_TOPIC };
  assertDiagnosis(await examine(env), {
    fails: 'buttons-publishing',
    found: /^everyone, without credentials, may not publish to the command topic \(403\)$/,
    advice: /ntfy access everyone COMMAND_TOPIC write-only.* Or set COMMAND_TOKEN/,
  });
  assertDiagnosis(await examine({ ...env, COMMAND_TOKEN: 'tk_planted' }), {
    fails: 'buttons-publishing',
    found: /does not accept the credentials \(401\)/,
    advice: /^Correct COMMAND_TOKEN/,
  });
});

describe('the stream of the command topic', () => {
  const stream = new RegExp(`^GET /${COMMAND_TOPIC}/json`);

  test('that is a web page is a failure', async () => {
    await using setup = await startOpen();
    setup.ntfy.fail(stream, { kind: 'status', status: 200, body: '<html>\nSign in' });
    assertDiagnosis(await setup.diagnose(), {
      fails: 'buttons-reading',
      found: /is not from ntfy$/,
      advice: /allow GET requests to the command topic/,
    });
  });

  test('that is refused is a failure, with too many requests a warning', async () => {
    await using setup = await startOpen();
    const restore = setup.ntfy.fail(stream, { kind: 'status', status: 403, body: '{"code":40301}' });
    assertDiagnosis(await setup.diagnose(), {
      fails: 'buttons-reading',
      found: /^everyone, without credentials, may not read the command topic \(403\)$/,
      advice: /Set NTFY_TOKEN/,
    });
    restore();
    setup.ntfy.fail(stream, { kind: 'status', status: 429, body: '{"code":42901}' });
    assert.deepEqual((await setup.diagnose()).with('warn'), ['buttons', 'buttons-reading']);
  });

  test('that sends nothing is a failure: something may buffer it', async () => {
    await using setup = await startOpen();
    setup.ntfy.fail(stream, { kind: 'hang' });
    assertDiagnosis(await setup.diagnose(), {
      fails: 'buttons-reading',
      found: /begins with nothing: something in front of ntfy may buffer it/,
      advice: /proxy_buffering off/,
    });
  });

  test('that is cut before its first event is a failure', async () => {
    await using setup = await startOpen();
    setup.ntfy.fail(stream, { kind: 'close' });
    assert.equal((await setup.diagnose()).of('buttons-reading').status, 'fail');
  });
});

test('on an ntfy without sequence IDs there are no buttons, which is a warning', async () => {
  await using setup = await startSetup({ ntfy: { generation: 'legacy', token: undefined } });
  const diagnosis = await examine({ ...setup.env, NTFY_TOKEN: '', COMMAND_TOPIC });
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('skip'), ['ntfy-deletions', 'buttons-reading', 'buttons-publishing']);
  assert.match(diagnosis.of('buttons').found, /^cards have no buttons: they need sequence IDs \(ntfy 2\.16/);
});

test('without an answer of ntfy nothing is said about buttons', async () => {
  await using setup = await startSetup();
  const NTFY_TOPIC = `http://127.0.0.1:${await freePort()}/t`;
  const diagnosis = await examine({ ...setup.env, NTFY_TOPIC, COMMAND_TOPIC });
  for (const id of CHECKS) assert.equal(diagnosis.of(id).status, 'skip');
});

test('the topic of the cards, or of a rule, as COMMAND_TOPIC is a failure', async () => {
  await using stack = new AsyncDisposableStack();
  const setup = stack.use(await startOpen());
  const own = await setup.diagnose({ COMMAND_TOPIC: setup.env['NTFY_TOPIC'] ?? '' });
  assert.deepEqual(own.with('fail'), ['configuration']);
  assert.match(
    own.of('configuration').found,
    /^COMMAND_TOPIC must be another topic than that of NTFY_TOPIC\.$/,
  );
  const RULES_FILE = join(temporaryFolder(stack), 'rules.yaml');
  writeFileSync(RULES_FILE, `rules: [{ name: films, topic: ${COMMAND_TOPIC} }]`);
  assertDiagnosis(await setup.diagnose({ RULES_FILE }), {
    fails: 'rules',
    found: /^rules\.yaml:1:31: rule "films": topic must be another topic than that of COMMAND_TOPIC\.$/,
    advice: /rules check/,
  });
});
