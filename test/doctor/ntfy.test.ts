import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../servers/ports.ts';
import { serve } from '../http/server.ts';
import { assertDiagnosis, examine, NEEDS, PLANTED, startSetup } from './setup.ts';

const skips = [...NEEDS.ntfy, 'clock'] as const;

test('an unavailable ntfy is reported as the only problem', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine({ ...setup.env, NTFY_TOPIC: `http://127.0.0.1:${await freePort()}/t` });
  assertDiagnosis(diagnosis, {
    fails: 'ntfy',
    found: /nothing listens/,
    advice: /NTFY_TOPIC/,
    skips: [...skips],
  });
});

test('a server that is not ntfy, or redirects, is reported', async () => {
  await using setup = await startSetup();
  await using page = await serve((_, outgoing) => outgoing.end('<html></html>'));
  const wrong = await examine({ ...setup.env, NTFY_TOPIC: `${page.url}t` });
  assertDiagnosis(wrong, {
    fails: 'ntfy',
    found: /not an ntfy server \(200\)/,
    advice: /NTFY_TOPIC/,
    skips: NEEDS.ntfy,
  });
  const location = 'https://ntfy.example.org/v1/health';
  await using moved = await serve((_, outgoing) => outgoing.writeHead(308, { location }).end());
  const redirected = await examine({ ...setup.env, NTFY_TOPIC: `${moved.url}t` });
  assert.match(redirected.of('ntfy').found, /redirect \(308\) to https:\/\/ntfy\.example\.org$/);
});

test('a wrong token is distinguished from a missing permission', async () => {
  await using setup = await startSetup({ ntfy: { token: PLANTED.token, topics: ['another'] } });
  const denied = await examine(setup.env);
  assertDiagnosis(denied, {
    fails: 'ntfy-access',
    found: /NTFY_TOKEN may not publish to the topic \(403\)/,
    advice: /ntfy access USER TOPIC write-only/,
    skips: ['ntfy-deletions', 'ntfy-limits'],
  });
  const wrong = await examine({ ...setup.env, NTFY_TOKEN: 'tk_plantedplantedplantedplanted00' });
  assertDiagnosis(wrong, {
    fails: 'ntfy-access',
    found: /does not accept the credentials \(401\)/,
    advice: /Correct NTFY_TOKEN/,
    skips: ['ntfy-deletions', 'ntfy-limits'],
  });
});

test('a used-up quota is a failure, a small rest is a warning', async () => {
  await using setup = await startSetup({ ntfy: { dailyLimit: 20 } });
  const publish = () =>
    fetch(setup.env['NTFY_TOPIC'] ?? '', {
      method: 'POST',
      body: 'x',
      headers: { authorization: `Bearer ${PLANTED.token}` },
    });
  for (let sent = 0; sent < 19; sent += 1) await publish();
  const low = await examine(setup.env);
  assert.deepEqual([low.with('fail'), low.with('warn')], [[], ['ntfy-limits']]);
  assert.match(low.of('ntfy-limits').found, /^1 of 20 messages are left today/);
  await publish();
  const used = await examine(setup.env);
  assertDiagnosis(used, {
    fails: 'ntfy-limits',
    found: /no message is left today, of 20/,
    advice: /00:00 UTC/,
  });
});

test('an ntfy without sequence IDs is a warning, and none with milestones or without progress', async () => {
  await using setup = await startSetup({ ntfy: { generation: 'legacy' } });
  const diagnosis = await examine(setup.env);
  assert.deepEqual([diagnosis.with('fail'), diagnosis.with('warn')], [[], ['ntfy-updates']]);
  assert.match(diagnosis.of('ntfy-updates').advice ?? '', /2\.16/);
  assert.match(diagnosis.of('ntfy-updates').found, /only sent at 25, 50 and 75 %/);
  const cards = await examine({ ...setup.env, PROGRESS: 'cards' });
  assert.deepEqual(cards.with('warn'), ['ntfy-updates']);
  assert.match(cards.of('ntfy-updates').found, /each update is a separate card$/);
  for (const PROGRESS of ['milestones', 'none'])
    assert.deepEqual((await examine({ ...setup.env, PROGRESS })).with('warn'), []);
});

test('a wrong clock is a warning', async () => {
  await using setup = await startSetup();
  const date = new Date(Date.now() + 600_000).toUTCString();
  const body = JSON.stringify({ healthy: true });
  setup.ntfy.fail('v1/health', { kind: 'status', status: 200, body, headers: { date } });
  const diagnosis = await examine(setup.env);
  assert.deepEqual([diagnosis.with('fail'), diagnosis.with('warn')], [[], ['clock']]);
  assert.match(diagnosis.of('clock').found, /\d+ s behind ntfy's/);
});

test('an answer to /v1/config that is not from ntfy is not reported as an old ntfy, and DELETE is still tried', async () => {
  await using setup = await startSetup();
  setup.ntfy.fail('v1/config', { kind: 'status', status: 403, ...html });
  setup.ntfy.fail(/^DELETE/, { kind: 'status', status: 405, ...html });
  const diagnosis = await examine(setup.env);
  assert.deepEqual(
    [diagnosis.with('fail'), diagnosis.with('warn')],
    [[], ['ntfy-updates', 'ntfy-deletions']],
  );
  assert.doesNotMatch(diagnosis.of('ntfy-updates').found, /before 2\.16/);
});

const html = { body: '<html>Forbidden</html>', headers: { 'content-type': 'text/html' } };

test('a proxy that rejects DELETE is a warning, and the check costs no message', async () => {
  for (const status of [403, 405]) {
    await using setup = await startSetup({ ntfy: { dailyLimit: 100 } });
    setup.ntfy.fail(/^DELETE/, { kind: 'status', status, ...html });
    const diagnosis = await examine(setup.env);
    assert.deepEqual([diagnosis.with('fail'), diagnosis.with('warn')], [[], ['ntfy-deletions']]);
    assert.match(
      diagnosis.of('ntfy-deletions').found,
      new RegExp(`in front of ntfy rejects DELETE \\(${status}\\)`),
    );
    assert.match(diagnosis.of('ntfy-deletions').advice ?? '', /Allow DELETE/);
    assert.match(diagnosis.of('ntfy-limits').found, /^100 of 100/);
    assert.deepEqual(setup.ntfy.messages, []);
  }
});

test("a firewall's 403 is distinguished from ntfy's: neither token nor topic is reported as the cause", async () => {
  await using setup = await startSetup();
  setup.ntfy.fail(/^POST/, { kind: 'status', status: 403, ...html });
  const diagnosis = await examine(setup.env);
  assertDiagnosis(diagnosis, {
    fails: 'ntfy-access',
    found: /something in front of ntfy rejected the message \(403\)/,
    advice: /proxy or firewall.*token and the topic are not the cause/,
    skips: ['ntfy-deletions', 'ntfy-limits'],
  });
  const setup401 = setup.ntfy.fail(/^POST/, { kind: 'status', status: 401, ...html });
  assert.match((await examine(setup.env)).of('ntfy-access').found, /requires a login of its own \(401\)/);
  setup401();
});
