import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureReason } from '../../machines/domain.ts';
import { unreachable } from '../../src/doctor/address.ts';
import { checkHookPort } from '../../src/doctor/hook-port.ts';
import { freePort } from '../servers/ports.ts';

const RUNNING = /^Is it running/;

test('the advice follows from the reason of a failure, whatever its message says', () => {
  const expected: Array<[FailureReason | undefined, RegExp]> = [
    ['name-unknown', /^Check the name in SETTING/],
    ['name-lookup-failed', /^Check the name in SETTING/],
    ['timeout', /drops the request.*SETTING/],
    ['certificate-untrusted', /trust the authority.*NODE_EXTRA_CA_CERTS=/],
    ['certificate-expired', /^Renew it.*clock/],
    ['certificate-name', /^Use the name in SETTING/],
    ['certificate-invalid', /new certificate/],
    ['tls-failed', /^Another protocol .*SETTING/],
    ['not-http', /^Another protocol .*SETTING/],
    ['connection-closed', /^Another protocol .*SETTING/],
    ['connection-refused', RUNNING],
    [undefined, RUNNING],
  ];
  for (const [reason, advice] of expected) {
    const message = 'x: no known name, did not answer, certificate, closed the connection';
    const failure = { kind: 'unreachable', message, ...(reason === undefined ? {} : { reason }) } as const;
    assert.match(unreachable(failure, 'SETTING'), advice);
  }
});

test('a free port is told from one that another program has', async () => {
  const port = await freePort();
  const hook = { host: 'localhost', port, token: null, url: null, tool: 'curl', autoInstall: false } as const;
  assert.deepEqual(await checkHookPort(hook), {
    status: 'ok',
    found: `port ${port} is free: no sidecar runs here at the moment`,
    advice: null,
  });
});
