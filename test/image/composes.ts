/** compose.yaml, started. */
import assert from 'node:assert/strict';
import { until, visibleCards } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import { imageTest } from './image-test.ts';
import { openProject } from './project.ts';
import type { UpProject } from './project.ts';

const WEBUI = 'http://localhost:8080/api/v2';

/** Reads from within ntfy's own container, and rarely: ntfy counts requests by address. */
async function messages(project: UpProject): Promise<NtfyMessage[]> {
  const url = 'http://localhost:2586/downloads/json?poll=1&since=all';
  const lines = (await project.exec('ntfy', 'curl', '-fsS', url)).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as NtfyMessage);
}

/** Adds a torrent without logging in, as the sidecar does. */
async function add(project: UpProject, torrent: string): Promise<void> {
  const script = `echo ${torrent} | base64 -d | curl -fsS -F torrents=@- ${WEBUI}/torrents/add`;
  await project.exec('qbittorrent', 'sh', '-c', script);
}

const isSilentCardOf = (hash: string) => (message: NtfyMessage) =>
  message.priority === 2 && message.sequence_id?.endsWith(`-${hash}`) === true;

/** The running Compose project, as far as a test uses it. */
function createSteps(project: UpProject) {
  const compose = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await project.compose(...args);
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };
  const log = () => compose('logs', '--no-log-prefix', 'qbit-ntfy');
  /** On failure it includes the state of the sidecar and of qBittorrent. */
  const waitFor = async <T>(what: string, check: () => Promise<T>) =>
    until(what, check, { every: 1000 }).catch(async (error: unknown) => {
      const torrents = await project.exec('qbittorrent', 'curl', '-sS', `${WEBUI}/torrents/info`);
      throw new Error(`${what}\n${await log()}\n${torrents}`, { cause: error });
    });
  return { compose, log, waitFor };
}

imageTest(
  'docker compose up starts compose.yaml: the hook is installed, a download is tracked, and only the necessary ports are open',
  { needs: ['qbittorrent current', 'ntfy current'] },
  async (room, means) => {
    await using project = await openProject(room, means);
    const { compose, log, waitFor } = createSteps(project);
    await compose('up', '--detach', '--no-build');
    await waitFor('the hook is installed', async () => (await log()).includes('installed the hook'));
    assert.match(await compose('run', '--rm', '--no-TTY', 'qbit-ntfy', 'doctor'), /No check failed\.\s*$/);

    const limits = `process.stdout.write(fs.readFileSync('/proc/1/limits'))`;
    assert.match(
      await project.exec('qbit-ntfy', '/nodejs/bin/node', '-e', limits),
      /^Max core file size +0 +0 +bytes/m,
    );

    const { hash, file, release } = await project.seed('debian.iso', 10_000_000, 100_000);
    await add(project, file);
    await waitFor('a silent card is shown', async () => (await messages(project)).some(isSilentCardOf(hash)));
    release();
    const cards = await waitFor('the completion alone is left', async () => {
      const all = await messages(project);
      const left = visibleCards(all);
      return left.length === 1 && left[0]?.title === 'Download Complete' && all;
    });
    assert.equal(cards.filter(({ priority }) => priority === 4).length, 1);

    // Through its published port qBittorrent requires a login, and the hook API is not reachable.
    assert.equal(await project.statusOf('http://127.0.0.1:8080/api/v2/app/version'), 403);
    assert.equal(await project.statusOf('http://127.0.0.1:2586/v1/health'), 200);
    const hook = project.exec('ntfy', 'curl', '-sS', 'http://qbittorrent:9090/');
    await assert.rejects(hook, /Failed to connect|Could ?n.t connect/);

    const logins = async () => (await log()).split('logged in to qBittorrent').length - 1;
    const before = await logins();
    await compose('restart', 'qbittorrent');
    await waitFor('the sidecar has the new network', async () => (await logins()) > before);
  },
);
