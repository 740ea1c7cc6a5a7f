import assert from 'node:assert/strict';
import { startNginx } from './nginx.ts';
import { serve } from '../http/server.ts';
import { realTest } from './real-test.ts';

realTest('nginx answers for a server behind it, and ends with the test', { needs: ['nginx'] }, async () => {
  await using behind = await serve(({ url }, outgoing) => outgoing.end(`behind: ${url}`));
  const options = {
    server: `auth_basic "here"; auth_basic_user_file users;
      location /app/ { proxy_pass ${behind.url}; }`,
    files: { users: 'phone:{PLAIN}secret\n' },
  };
  const nginx = await startNginx(options);
  const headers = { authorization: `Basic ${btoa('phone:secret')}` };
  assert.equal((await fetch(`${nginx.url}/app/x`)).status, 401);
  assert.equal(await (await fetch(`${nginx.url}/app/x`, { headers })).text(), 'behind: /x');
  await nginx.stop();
  await assert.rejects(fetch(nginx.url));
});
