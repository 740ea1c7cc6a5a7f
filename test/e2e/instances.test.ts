import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testNotification } from '../../src/commands/test-notification.ts';
import type { Sidecar } from '../../src/app/start.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { createTerminal } from '../commands/terminal.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const instanceOf = async ({ ops }: Sidecar) => {
  const status = await (await fetch(`http://127.0.0.1:${ops.port}/status`)).json();
  return (status as { instance: string }).instance;
};

test('two sidecars on one topic, without an INSTANCE_NAME, do not replace or delete each other’s cards', async (t) => {
  await using qbittorrent = await startQbittorrentSimulator({ password: 'right' });
  await using ntfy = await startNtfySimulator();
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'instances-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const start = async (name: string) => {
    const password = join(folder, `${name}-password`);
    writeFileSync(password, 'wrong');
    const env = {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS_FILE: password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      STATE_DIR: join(folder, name),
    };
    const log: string[] = [];
    const sidecar = await startSidecar(env, log);
    stack.defer(() => sidecar.stop());
    return { sidecar, env, log };
  };
  const first = await start('first');
  const second = await start('second');
  const names = [await instanceOf(first.sidecar), await instanceOf(second.sidecar)];
  assert.notEqual(names[0], names[1]);
  for (const [index, { log }] of [first, second].entries())
    assert.ok(log.some((line) => line.includes(`"instance":"${names[index]}"`)));

  const cards = () =>
    ntfy.cards('downloads').map(({ sequence_id: id }) => id?.replace(/^(qbit-\w{6}).*/, '$1'));
  await until('both say that their password is refused', () => cards().length === 2);
  assert.deepEqual(new Set(cards()), new Set(names));

  const terminal = createTerminal(first.env);
  assert.equal(await testNotification(terminal.terminal, 0), 0, terminal.all());
  assert.match(terminal.out(), new RegExp(`as ${names[0]}\\.`));
  assert.ok(ntfy.messages.some(({ sequence_id: id }) => id === `${names[0]}-test-done`));
});
