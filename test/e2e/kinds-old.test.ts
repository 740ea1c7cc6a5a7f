/** qBittorrent before 4.5, on the simulator: no hook for added torrents, and in 4.1 few fields. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { installHook } from '../../src/commands/hooks.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { Policy } from '../../machines/policy.ts';
import type { QbittorrentOptions } from '../../src/simulator/index.ts';
import { createTerminal } from '../commands/terminal.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const GENERATIONS = ['4.1', '4.4'] as const;

interface Stage extends AsyncDisposable {
  qbittorrent: Awaited<ReturnType<typeof startQbittorrentSimulator>>;
  ntfy: Awaited<ReturnType<typeof startNtfySimulator>>;
  sidecar: Awaited<ReturnType<typeof startSidecar>>;
}

/** A sidecar that has scanned once. `finishedHook`: the one line that these versions can call. */
async function setStage(
  options: QbittorrentOptions,
  policy: Partial<Policy>,
  finishedHook = false,
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const ntfy = stack.use(await startNtfySimulator());
  let port = 0;
  const call = async (hash: string) => {
    await fetch(`http://127.0.0.1:${port}/finished?hash=${hash}`, { method: 'POST' });
  };
  const hooks = finishedHook ? { finishedHook: call } : {};
  const qbittorrent = stack.use(await startQbittorrentSimulator({ ...options, ...hooks }));
  const { url, username, password } = qbittorrent;
  const topic = `${ntfy.url}/downloads`;
  const env = { QBIT_HOST: url, QBIT_USER: username, QBIT_PASS: password, NTFY_TOPIC: topic };
  const sidecar = await startSidecar(env, [], policy);
  stack.defer(() => sidecar.stop());
  port = sidecar.hook.port;
  await until('it has looked around', () =>
    qbittorrent.requests.some(
      ({ path, form }) => path.endsWith('torrents/info') && form['filter'] === 'moving',
    ),
  );
  const owned = stack.move();
  return { qbittorrent, ntfy, sidecar, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const isIdle = ({ sidecar }: Stage) => sidecar.supervisor.getSnapshot().context.registry.records.size === 0;

const completions = ({ ntfy }: Stage) => ntfy.messages.filter(({ priority }) => priority === 4).length;

describe('qBittorrent before 4.5', { concurrency: 4 }, () => {
  for (const generation of GENERATIONS) {
    test(`on qBittorrent ${generation} the finish hook alone leads to one completion, and another when the torrent is added again`, async () => {
      await using stage = await setStage({ generation }, {}, true);
      const { qbittorrent, ntfy } = stage;
      const spec = { name: 'old.iso', hash: 'ab'.repeat(20), size: 2_000_000, rate: 2_000_000 };
      for (const round of [1, 2]) {
        const hash = qbittorrent.addTorrent(spec);
        await until(
          'it is announced and no longer tracked',
          () => completions(stage) === round && isIdle(stage),
        );
        qbittorrent.removeTorrent(hash);
      }
      assert.deepEqual(
        ntfy.cards().map(({ title }) => title),
        ['Download Complete'],
      );
      assert.match(ntfy.cards()[0]?.message ?? '', /^old\.iso has finished downloading\.\n2\.0 MB in \ds/);
      assert.equal(qbittorrent.logins, 1);
    });

    test(`on qBittorrent ${generation} DISCOVER finds new torrents, paused ones too, and each is announced once`, async () => {
      await using stage = await setStage(
        { generation },
        { discoverInterval: 1000, idleInterval: 1000, settleTime: 1000 },
      );
      const { qbittorrent, ntfy } = stage;
      const rate = 1_000_000;
      const paused = qbittorrent.addTorrent({
        name: 'paused.iso',
        size: 3_000_000,
        rate,
        script: [{ phase: 'stopped' }],
      });
      const running = qbittorrent.addTorrent({
        name: 'running.iso',
        size: 4_000_000,
        rate,
        script: [{ phase: 'downloading', to: 0.5 }, { phase: 'stalled' }],
      });
      await until(
        'both are tracked',
        () => stage.sidecar.supervisor.getSnapshot().context.registry.records.size === 2,
      );
      await until('a card shows', () => ntfy.cards().some(({ priority }) => priority === 2));
      assert.equal(qbittorrent.torrents().find(({ hash }) => hash === paused)?.['state'], 'pausedDL');
      assert.ok(!ntfy.cards().some(({ title }) => title === 'paused.iso'));
      for (const hash of [paused, running])
        qbittorrent.play(hash, [{ phase: 'downloading' }, { phase: 'complete' }]);
      await until(
        'both are announced, and their cards are deleted',
        () => completions(stage) === 2 && isIdle(stage),
        {
          deadline: 60_000,
        },
      );
      assert.deepEqual(
        ntfy.cards().map(({ title }) => title),
        ['Download Complete', 'Download Complete'],
      );
      assert.equal(qbittorrent.logins, 1);
    });
  }
});

test('before 4.5 install-hook installs the only hook, and explains how new torrents are found', async () => {
  for (const generation of GENERATIONS) {
    await using qbittorrent = await startQbittorrentSimulator({ generation, bypassLocalAuth: true });
    const env = { QBIT_HOST: qbittorrent.url, NTFY_TOPIC: 'http://127.0.0.1:9/downloads' };
    const { terminal, all } = createTerminal(env);
    assert.equal(await installHook({}, terminal), 0, all());
    const { autorun_enabled: enabled, autorun_program: program } = qbittorrent.preferences;
    assert.equal(enabled, true);
    assert.equal(program, 'curl -q -fsS -m 5 --noproxy "*" -X POST "http://localhost:9090/finished?hash=%I"');
    assert.match(all(), /not available before qBittorrent 4\.5\. Set DISCOVER=60s/);
  }
});
