import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureReason } from '../../machines/domain.ts';
import { adviceOnFailure } from '../../src/doctor/address.ts';
import { checkHookPort } from '../../src/doctor/hook-port.ts';
import { freePort } from '../servers/ports.ts';

const RUNNING = /^Is it running/;

test('the advice depends on the kind of a failure, not on its message', () => {
  const expected: Array<[FailureReason | undefined, RegExp]> = [
    ['name-unknown', /^Check the name in SETTING/],
    ['name-lookup-failed', /^Check the name in SETTING/],
    ['timeout', /drop the request.*SETTING/],
    ['certificate-untrusted', /^Set NODE_EXTRA_CA_CERTS=.* authority/],
    ['certificate-expired', /^Renew it.*clock/],
    ['certificate-name', /^Use a name in SETTING/],
    ['certificate-invalid', /new certificate/],
    ['tls-failed', /^The server uses another protocol.*SETTING/],
    ['not-http', /^The server uses another protocol.*SETTING/],
    ['connection-closed', /^The server uses another protocol.*SETTING/],
    ['connection-refused', RUNNING],
    [undefined, RUNNING],
  ];
  for (const [reason, advice] of expected) {
    const message = 'x: no known name, did not answer, certificate, closed the connection';
    const failure = { kind: 'unreachable', message, ...(reason === undefined ? {} : { reason }) } as const;
    assert.match(adviceOnFailure(failure, 'SETTING'), advice);
  }
});

test('a free port is reported as free', async () => {
  const port = await freePort();
  const hook = { host: 'localhost', port, token: null, url: null, tool: 'curl', autoInstall: false } as const;
  assert.deepEqual(await checkHookPort(hook), {
    status: 'ok',
    found: `port ${port} is free: no sidecar is running on this machine`,
    advice: null,
  });
});
