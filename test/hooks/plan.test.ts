import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemsOf, planInstall, planUninstall, readLine, desiredLine } from '../../src/hooks/index.ts';
import type { DesiredLine } from '../../src/hooks/index.ts';
import type { Slot, Slots } from '../../src/qbittorrent/preferences.ts';
import { secret } from '../../src/util/secret.ts';

const desired: DesiredLine = { url: 'http://localhost:9090', isUrlGiven: false, token: null, tool: 'curl' };
const LINE = 'curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:9090/track?hash=%K"';
const DONE = 'curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:9090/finished?hash=%K"';
const empty: Slot = { enabled: false, program: '' };

const slotsWith = (program: string, enabled = true): Slots => ({
  added: { enabled, program },
  finished: empty,
});
const added = (program: string, enabled = true, care: 'exact' | 'working' = 'exact') =>
  planInstall(slotsWith(program, enabled), desired, care).added;

/** The line after an automatic update. */
const updated = (program: string) => {
  const plan = added(program, true, 'working');
  return plan.action === 'write' ? plan.slot.program : plan.action;
};

describe('installing', () => {
  test('fills empty slots and switches them on', () => {
    assert.deepEqual(planInstall({ added: empty, finished: empty }, desired, 'exact'), {
      added: { action: 'write', slot: { enabled: true, program: LINE }, was: 'empty' },
      finished: { action: 'write', slot: { enabled: true, program: DONE }, was: 'empty' },
    });
  });

  test('keeps an existing hook', () => {
    assert.deepEqual(added(LINE), { action: 'kept' });
  });

  test('changes no foreign command, not even a disabled one', () => {
    for (const enabled of [true, false]) assert.deepEqual(added('notify.sh', enabled), { action: 'blocked' });
    for (const program of [' ', `${LINE} && notify.sh`])
      assert.deepEqual(added(program), { action: 'blocked' });
  });

  test('updates hook lines: %I, another port, disabled, without the token', () => {
    const update = { action: 'write', slot: { enabled: true, program: LINE }, was: 'ours' };
    assert.deepEqual(added('curl -X POST "http://localhost:9090/track?hash=%I"'), update);
    assert.deepEqual(added(LINE.replace('9090', '8000')), update);
    assert.deepEqual(added(LINE, false), update);
    const guarded = planInstall(slotsWith(LINE), { ...desired, token: secret('t') }, 'exact').added;
    assert.ok(guarded.action === 'write' && guarded.slot.program.includes('Bearer t"'));
  });

  test('automatically, it keeps any line that works: wget, another host at the same port', () => {
    for (const program of [
      'wget -q -O /dev/null -t 1 --proxy=off --post-data= "http://localhost:9090/track?hash=%K"',
      'curl --noproxy "*" -X POST "http://sidecar:9090/track?hash=%K"',
    ]) {
      assert.deepEqual(added(program, true, 'working'), { action: 'kept' });
      assert.equal(added(program, true, 'exact').action, 'write');
    }
  });

  test('automatically, it updates a line that uses proxies, and keeps its program and a valid host', () => {
    for (const start of ['curl -fsS -m 5 -X POST', 'curl -X POST', "curl --noproxy '*' -X POST"])
      assert.equal(updated(`${start} "http://localhost:9090/track?hash=%K"`), LINE);
    assert.equal(
      updated('/opt/bin/curl -fsS -m 5 -X POST "http://sidecar:9090/track?hash=%K"'),
      '/opt/bin/curl -q -fsS -m 5 --noproxy * -X POST "http://sidecar:9090/track?hash=%K"',
    );
    assert.equal(
      updated('"C:\\Program Files\\curl.exe" -X POST "http://localhost:9091/track?hash=%K"'),
      LINE.replace('curl', '"C:\\Program Files\\curl.exe"'),
    );
    assert.equal(
      updated('wget -q -O /dev/null -t 1 --post-data= "http://localhost:9090/track?hash=%K"'),
      'wget -q -O /dev/null -t 1 --proxy=off --post-data= "http://localhost:9090/track?hash=%K"',
    );
    assert.equal(updated(updated('curl -X POST "http://a:9090/track?hash=%K"')), 'kept');
    const given = { ...desired, isUrlGiven: true };
    const slots = slotsWith('curl -X POST "http://sidecar:9090/track?hash=%K"');
    assert.deepEqual(planInstall(slots, given, 'working').added, {
      action: 'write',
      slot: { enabled: true, program: LINE },
      was: 'ours',
    });
  });

  test('automatically, it keeps the options that a user added, and only bypasses proxies', () => {
    const lines = {
      'curl -k -4 -H "Host: x.y" -X POST "https://nas:9090/track?hash=%K"':
        'curl --noproxy * -k -4 -H "Host: x.y" -X POST "https://nas:9090/track?hash=%K"',
      '"/opt/my tools/curl" -fsS --retry 3 --noproxy "else.where" -X POST "http://localhost:9090/track?hash=%K"':
        '"/opt/my tools/curl" --noproxy * -fsS --retry 3 -X POST "http://localhost:9090/track?hash=%K"',
      'wget --no-check-certificate -q -O /dev/null --post-data= "https://nas:9090/track?hash=%K"':
        'wget --proxy=off --no-check-certificate -q -O /dev/null --post-data= "https://nas:9090/track?hash=%K"',
    };
    for (const [before, after] of Object.entries(lines)) {
      assert.equal(updated(before), after);
      assert.equal(updated(after), 'kept');
    }
  });

  test('before 4.5 there is one slot, and its hash is %I', () => {
    const plan = planInstall({ added: null, finished: empty }, desired, 'exact');
    assert.deepEqual(plan.added, { action: 'absent' });
    assert.ok(plan.finished.action === 'write' && plan.finished.slot.program.endsWith('?hash=%I"'));
  });
});

describe('uninstalling', () => {
  test('empties a slot that was empty, and restores its switch', () => {
    for (const enabled of [false, true]) {
      const found: Slots = { added: { enabled, program: '' }, finished: empty };
      const plan = planInstall(found, desired, 'exact');
      assert.ok(plan.added.action === 'write');
      const back = planUninstall({ ...found, added: plan.added.slot }).added;
      assert.deepEqual(back, { action: 'write', slot: { enabled, program: '' }, was: 'ours' });
    }
  });

  test('an update keeps the original state of the slot', () => {
    const plan = planInstall(slotsWith(''), desired, 'exact').added;
    assert.ok(plan.action === 'write');
    const moved = planInstall(
      { added: plan.slot, finished: empty },
      { ...desired, url: 'http://a:1' },
      'exact',
    ).added;
    assert.ok(moved.action === 'write');
    const back = planUninstall({ added: moved.slot, finished: empty }).added;
    assert.deepEqual(back, { action: 'write', slot: { enabled: true, program: '' }, was: 'ours' });
  });

  test('keeps commands and scripts of others', () => {
    const slots = {
      added: { enabled: true, program: 'notify.sh' },
      finished: { enabled: true, program: 'qbit-ntfy.sh' },
    };
    assert.deepEqual(planUninstall(slots), { added: { action: 'blocked' }, finished: { action: 'blocked' } });
  });
});

const problems = (line: string, changes: Partial<DesiredLine> = {}) => {
  const read = readLine(line);
  assert.ok(read.kind === 'ours');
  return problemsOf(read, 'added', { ...desired, ...changes }, true).join('; ');
};

const calls = (path: string, url: string, isUrlGiven = true) =>
  problems(LINE.replace('/track', path), { url, isUrlGiven });

describe('the problems of a line', () => {
  test('are reported, and a correct line has none', () => {
    assert.equal(problems(LINE), '');
    assert.equal(problems(LINE.replace('localhost', '127.0.0.1')), '');
    assert.match(problems(LINE.replace('%K', '%I')), /uses %I instead of %K/);
    assert.match(problems(LINE.replace('9090', '9091')), /calls port 9091 instead of 9090/);
    assert.match(problems(DONE), /calls \/finished instead of \/track/);
    assert.match(problems(LINE.replace(' -X POST', '')), /POST/);
    assert.match(problems(LINE.replace(' --noproxy *', '')), /^lacks --noproxy \*: it uses the proxy/);
    assert.match(problems(LINE.replace('*', "'*'")), /lacks --noproxy \*/);
    assert.match(problems(`${LINE} > /dev/null`), /qBittorrent runs no shell/);
    assert.match(
      problems(LINE, { url: 'http://sidecar:9090', isUrlGiven: true }),
      /calls localhost:9090 instead of sidecar:9090/,
    );
  });

  test('include a wrong path, with and without a base path, whether the address is given or not', () => {
    const [plain, based] = ['http://localhost:9090', 'http://localhost:9090/sidecar'];
    assert.equal(calls('/sidecar/track', based), '');
    assert.equal(calls('/track', based), 'calls /track instead of /sidecar/track');
    assert.equal(calls('/other/track', based), 'calls /other/track instead of /sidecar/track');
    for (const given of [true, false]) {
      assert.equal(calls('/sidecar/track', plain, given), 'calls /sidecar/track instead of /track');
      assert.equal(calls('//track', plain, given), 'calls //track instead of /track');
    }
  });

  test('include a missing token, which is never printed', () => {
    const token = secret('planted-token');
    assert.match(problems(LINE, { token }), /does not send HOOK_TOKEN/);
    const other = problems(LINE.replace('"http', '-H "Authorization: Bearer planted-other" "http'), {
      token,
    });
    assert.match(other, /another token/);
    assert.doesNotMatch(other, /planted/);
  });
});

test('the lines call HOOK_URL, or localhost, or the address that the API listens on', () => {
  const hook = {
    host: 'localhost',
    port: 9090,
    token: null,
    url: null,
    tool: 'curl',
    autoInstall: false,
  } as const;
  const urlOf = (changes: object, port?: number) => desiredLine({ hook: { ...hook, ...changes } }, port)?.url;
  assert.equal(urlOf({}), 'http://localhost:9090');
  assert.equal(urlOf({ host: '0.0.0.0' }), 'http://localhost:9090');
  assert.equal(urlOf({ host: '10.0.0.2' }), 'http://10.0.0.2:9090');
  assert.equal(urlOf({ host: 'fd00::2' }), 'http://[fd00::2]:9090');
  assert.equal(urlOf({ url: 'http://sidecar:9090' }), 'http://sidecar:9090');
  assert.equal(urlOf({ port: 0 }), undefined);
  assert.equal(urlOf({ port: 0 }, 4711), 'http://localhost:4711');
});
