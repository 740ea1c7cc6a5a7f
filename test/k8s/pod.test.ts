/** Pods from the rendered manifests, started and ended in the kubelet's order: an emulation, with real servers. */
import assert from 'node:assert/strict';
import { before } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { readSamples } from '../metrics/samples.ts';
import { realTest, visibleCards } from '../servers/index.ts';
import type { RealTestOptions } from '../servers/index.ts';
import { render } from './kustomize.ts';
import { sidecars } from './manifest.ts';
import { renderWithRules } from './rules.ts';
import type { Manifest } from './manifest.ts';
import type { Order, Seen } from './pod/scene.ts';
import { isRoot, noRoom, runInRoom } from './pod/room.ts';

const needs = ['qbittorrent current', 'ntfy current', 'curl'] as const;
let sidecar = '';
let lacking: string | null = null;

before(async () => {
  sidecar = await ensureBundle();
  lacking = await noRoom();
});

interface PodTestOptions extends RealTestOptions {
  /** Whether it depends on the sidecar's user: only root can run as another user. */
  users?: boolean;
}

function podTest(title: string, { users, ...options }: PodTestOptions, body: () => Promise<void>): void {
  realTest(title, options, async (t) => {
    const reason = users === true && !isRoot ? 'only root can run the sidecar as another user' : lacking;
    if (reason === null) return body();
    if (process.env['CI'] === 'true') throw new Error(`CI needs a room for the pod: ${reason}`);
    t.skip(reason);
  });
}

type Played = Exclude<Seen, { error: string }>;

async function runPod(manifests: Manifest[], workload: string, scene: Order['scene']): Promise<Played> {
  const seen = await runInRoom({ manifests, workload, scene, sidecar });
  if ('error' in seen) throw new Error(seen.error);
  return seen;
}

podTest(
  'the pod of the base: the sidecar starts before qBittorrent, installs its hooks, receives the last one and sends the last completion',
  { needs },
  async () => {
    const seen = await runPod(await render('k8s/base'), 'qbittorrent', 'download');
    const metrics = readSamples(seen.metrics);
    const hooks = (answer: string) =>
      metrics.get(`qbit_ntfy_hook_requests_total{answer="${answer}",hook="track"}`);
    assert.equal((hooks('started') ?? 0) + (hooks('already') ?? 0), 1);
    assert.equal(seen.lastHook, 0);
    // ntfy was stopped: the completion was not sent while qBittorrent was running.
    assert.equal(metrics.get('qbit_ntfy_notifications_total{kind="completion",outcome="accepted"}'), 0);
    const audible = seen.messages.filter(({ priority }) => priority === 4);
    assert.deepEqual(
      audible.map(({ title }) => title),
      ['Download Complete'],
    );
    assert.deepEqual(
      visibleCards(seen.messages).filter(({ priority }) => priority === 4),
      audible,
    );
    // qBittorrent received SIGTERM first; the sidecar ended by itself, without problems.
    assert.deepEqual(Object.entries(seen.codes), [
      ['qbittorrent', 0],
      ['qbit-ntfy', 0],
    ]);
    assert.equal(metrics.get('qbit_ntfy_store_degraded'), 0);
  },
);

podTest(
  'the classic pod: the sidecar has ended when qBittorrent ends, and the last hook is lost',
  { needs },
  async () => {
    const seen = await runPod(await render('k8s/classic'), 'qbittorrent', 'download');
    assert.equal(seen.lastHook, 7); // curl: connection refused
    assert.equal(seen.codes['qbit-ntfy'], 0);
  },
);

podTest('a foreign pod without fsGroup can read the secret and store the state', { needs: [] }, async () => {
  const seen = await runPod(await render('test/k8s/overlays/own'), 'torrents', 'start');
  assert.equal(readSamples(seen.metrics).get('qbit_ntfy_store_degraded'), 0);
  assert.deepEqual(seen.codes, { main: 0, 'qbit-ntfy': 0 });
});

podTest('rules in a ConfigMap are loaded', { needs: [] }, async () => {
  const seen = await runPod(await renderWithRules(), 'qbittorrent', 'start');
  assert.match(seen.log, /"message":"rules loaded"/);
});

podTest('the state is written to a claim', { needs: [] }, async () => {
  const seen = await runPod(await render('test/k8s/overlays/claim'), 'qbittorrent', 'start');
  assert.equal(readSamples(seen.metrics).get('qbit_ntfy_store_degraded'), 0);
});

podTest(
  'a secret that the sidecar cannot read prevents the start of the pod, and the log names the reason',
  { needs: [], users: true },
  async () => {
    const manifests = await render('test/k8s/overlays/own');
    for (const { pod } of sidecars(manifests)) {
      for (const { secret } of pod.volumes ?? []) if (secret) secret.defaultMode = 0o400;
    }
    const seen = await runInRoom({ manifests, workload: 'torrents', scene: 'start', sidecar });
    assert.match(
      'error' in seen ? seen.error : '',
      /qbit-ntfy did not start.*NTFY_TOPIC_FILE names a file .*EACCES/s,
    );
  },
);

podTest(
  'a claim without an fsGroup is not writable: the state is kept in memory, and the sidecar still starts',
  { needs: [], users: true },
  async () => {
    const manifests = await render('test/k8s/overlays/claim');
    for (const { pod } of sidecars(manifests)) delete pod.securityContext?.fsGroup;
    const seen = await runPod(manifests, 'qbittorrent', 'start');
    assert.equal(readSamples(seen.metrics).get('qbit_ntfy_store_degraded'), 1);
  },
);
