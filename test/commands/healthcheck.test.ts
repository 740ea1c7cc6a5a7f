import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULTS, healthcheck } from '../../src/commands/healthcheck.ts';
import { describeSettings } from '../../src/config/describe.ts';
import { startSidecar } from '../support/sidecar.ts';
import { serve } from '../http/server.ts';
import { freePort } from '../servers/ports.ts';
import { createTerminal } from './terminal.ts';

async function check(env: Record<string, string>) {
  const terminal = createTerminal(env);
  return { status: await healthcheck(terminal.terminal), output: terminal.all() };
}

test('a running sidecar is healthy; only its port has to be configured', async () => {
  const sidecar = await startSidecar({ NTFY_TOPIC: 'http://127.0.0.1:9/t', QBIT_HOST: 'http://127.0.0.1:9' });
  try {
    assert.deepEqual(await check({ OPS_PORT: String(sidecar.ops.port) }), { status: 0, output: '' });
    const bracketed = await check({ OPS_PORT: String(sidecar.ops.port), OPS_HOST: '[::]' });
    assert.equal(bracketed.status, 0);
    const fromInside = await check({ OPS_PORT: ` ${sidecar.ops.port} `, OPS_HOST: '127.0.0.1' });
    assert.equal(fromInside.status, 0);
  } finally {
    await sidecar.stop();
  }
});

test('a sidecar that does not answer, or answers 503, is not healthy', async () => {
  const closedPort = await check({ OPS_PORT: String(await freePort()) });
  assert.deepEqual([closedPort.status, /nothing listens/.test(closedPort.output)], [1, true]);
  await using sick = await serve((_, outgoing) => outgoing.writeHead(503).end('not live'));
  const failing = await check({ OPS_PORT: new URL(sick.url).port });
  assert.deepEqual([failing.status, failing.output], [1, 'The sidecar answered with status 503.']);
  await using other = await serve((_, outgoing) => outgoing.end('Welcome to nginx!'));
  assert.equal((await check({ OPS_PORT: new URL(other.url).port })).status, 1);
});

test('an invalid port is a configuration problem', async () => {
  assert.equal((await check({ OPS_PORT: '0' })).status, 78);
  const wrong = await check({ OPS_PORT: 'planted' });
  assert.equal(wrong.status, 78);
  assert.match(wrong.output, /^OPS_PORT must be a port/);
  assert.doesNotMatch(wrong.output, /planted/);
});

test('its defaults are those of the settings', () => {
  const settings = describeSettings();
  for (const [name, value] of Object.entries(DEFAULTS)) assert.equal(settings.get(name)?.default, value);
});
