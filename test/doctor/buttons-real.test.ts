/** What the doctor finds about the buttons, with real servers. */
import assert from 'node:assert/strict';
import { realTest, startNginx, startNtfy } from '../servers/index.ts';
import type { Ntfy, NtfyAuth } from '../servers/index.ts';
import { examine } from './setup.ts';

const CARDS = 'planted-cards';
const COMMANDS = 'planted-commands';

/** The sidecar's user, and users whose token a phone could have. */
const users = [
  { name: 'sidecar', password: 'x', access: { [CARDS]: 'write-only', [COMMANDS]: 'read-only' } },
  { name: 'blind', password: 'x', access: { [CARDS]: 'write-only' } },
  { name: 'buttons', password: 'x', access: { [COMMANDS]: 'write-only' } },
  { name: 'curious', password: 'x', access: { [COMMANDS]: 'read-write' } },
  { name: 'mighty', password: 'x', access: { [CARDS]: 'write-only', [COMMANDS]: 'write-only' } },
] satisfies NtfyAuth['users'];

/** The doctor's results about the buttons; of qBittorrent there is none. */
async function diagnose(
  { url, tokens }: Ntfy,
  user: string,
  token?: string,
  env: Record<string, string> = {},
) {
  const diagnosis = await examine({
    QBIT_HOST: 'http://127.0.0.1:9',
    HOOK_PORT: '0',
    NTFY_TOPIC: `${url}/${CARDS}`,
    NTFY_TOKEN: tokens[user] ?? '',
    COMMAND_TOPIC: COMMANDS,
    COMMAND_TOKEN: token === undefined ? '' : (tokens[token] ?? 'tk_planted'),
    ...env,
  });
  const of = (id: 'buttons-reading' | 'buttons-publishing') => {
    const { status, found } = diagnosis.of(id);
    return `${status}: ${found}`;
  };
  return { diagnosis, reading: of('buttons-reading'), publishing: of('buttons-publishing') };
}

realTest(
  'ntfy with write-only access for everyone: all is well; without that access, and without that of the sidecar, it is not',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', {
      auth: { users, everyoneMay: { [COMMANDS]: 'write-only' } },
    });
    const right = await diagnose(ntfy, 'sidecar');
    assert.deepEqual(
      [right.reading, right.publishing],
      [
        'ok: NTFY_TOKEN may read the command topic',
        'ok: everyone, without credentials, may publish to the command topic',
      ],
    );
    const blind = await diagnose(ntfy, 'blind');
    assert.equal(blind.reading, 'fail: NTFY_TOKEN may not read the command topic (403)');
    assert.match(
      blind.diagnosis.of('buttons-reading').advice ?? '',
      /ntfy access USER COMMAND_TOPIC read-only/,
    );

    await using closed = await startNtfy('current', { auth: { users } });
    const { publishing } = await diagnose(closed, 'sidecar');
    assert.equal(
      publishing,
      'fail: everyone, without credentials, may not publish to the command topic (403)',
    );
    for (const server of [ntfy, closed]) assert.deepEqual(await server.messages(COMMANDS), []);
  },
);

realTest(
  'ntfy with a token for the buttons: one that permits more, or is wrong, is reported',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', { auth: { users } });
    const publishing = async (token: string) => (await diagnose(ntfy, 'sidecar', token)).publishing;
    assert.equal(await publishing('buttons'), 'ok: COMMAND_TOKEN may publish to the command topic');
    assert.match(
      await publishing('curious'),
      /^warn: COMMAND_TOKEN may also read the command topic, and every/,
    );
    assert.match(await publishing('mighty'), /^warn: COMMAND_TOKEN may also publish cards, and everyone who/);
    assert.equal(await publishing('blind'), 'fail: COMMAND_TOKEN may not publish to the command topic (403)');
    assert.match(await publishing('nobody'), /^fail: it does not accept the credentials \(401\)$/);
    assert.deepEqual(await ntfy.messages(COMMANDS), []);
    assert.deepEqual(await ntfy.messages(CARDS), []);
  },
);

realTest(
  'an ntfy that everyone may read is reported as such, and one before 2.16 as one without buttons',
  { needs: ['ntfy current', 'ntfy legacy'] },
  async () => {
    const auth: NtfyAuth = { users, everyoneMay: { [COMMANDS]: 'read-write' } };
    await using open = await startNtfy('current', { auth });
    assert.match((await diagnose(open, 'sidecar')).reading, /^warn: everyone may read the command topic/);
    await using unprotected = await startNtfy('current');
    assert.match((await diagnose(unprotected, '')).reading, /^warn: everyone may read the command topic/);
    await using legacy = await startNtfy('legacy', { auth });
    const { diagnosis } = await diagnose(legacy, 'sidecar');
    assert.match(diagnosis.of('buttons').found, /need sequence IDs/);
    assert.equal(diagnosis.of('buttons-publishing').status, 'skip');
  },
);

realTest(
  'nginx with its default buffering holds the stream of presses back, and the doctor reports it',
  { needs: ['ntfy current', 'nginx'] },
  async () => {
    await using ntfy = await startNtfy('current');
    const readingThrough = async (line: string) => {
      await using nginx = await startNginx({ server: `location / { proxy_pass ${ntfy.url}; ${line} }` });
      const env = { NTFY_TOPIC: `${nginx.url}/${CARDS}` };
      return (await diagnose(ntfy, '', undefined, env)).reading;
    };
    assert.match(await readingThrough(''), /^fail: the stream of the command topic begins with nothing/);
    assert.match(await readingThrough('proxy_buffering off;'), /^warn: everyone may read/);
  },
);

realTest(
  "the phone's own address of the same ntfy is tried, too",
  { needs: ['ntfy current', 'nginx'] },
  async () => {
    await using ntfy = await startNtfy('current', {
      auth: { users, everyoneMay: { [COMMANDS]: 'write-only' } },
    });
    await using nginx = await startNginx({ server: `location / { proxy_pass ${ntfy.url}; }` });
    const COMMAND_TOPIC = `${nginx.url}/${COMMANDS}`;
    const { diagnosis, publishing } = await diagnose(ntfy, 'sidecar', undefined, { COMMAND_TOPIC });
    assert.equal(publishing, 'ok: everyone, without credentials, may publish to the command topic');
    assert.match(
      diagnosis.of('buttons').found,
      new RegExp(`^the phone publishes to ${new URL(nginx.url).host},`),
    );
    await using other = await startNtfy('current');
    const wrong = await diagnose(ntfy, 'sidecar', undefined, { COMMAND_TOPIC: `${other.url}/${COMMANDS}` });
    assert.match(wrong.diagnosis.of('buttons').found, /is another server than that of NTFY_TOPIC$/);
    await using firewall = await startNginx({
      server: `location / { limit_except GET { deny all; } proxy_pass ${ntfy.url}; }`,
    });
    const env = { COMMAND_TOPIC: `${firewall.url}/${COMMANDS}` };
    const denied = await diagnose(ntfy, 'sidecar', undefined, env);
    assert.match(denied.publishing, /^fail: 127\.0\.0\.1:\d+: something in front of ntfy rejected .*\(403\)/);
  },
);
