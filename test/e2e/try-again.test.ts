import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import { scrape } from '../metrics/samples.ts';
import { startScene, TOPIC } from './harness.ts';

const PASSWORD = 'the password of the sidecar';

/** The button of a message; `undefined` for none. */
function buttonOf({ actions }: NtfyMessage) {
  const button = actions?.find(({ label }) => label === 'Try again');
  return button as { url: string; method: string; body: string } | undefined;
}

/** Sends what the app sends. */
async function press(message: NtfyMessage): Promise<void> {
  const button = buttonOf(message);
  assert.ok(button !== undefined, `no button: ${JSON.stringify(message)}`);
  const { url, method, body } = button;
  assert.equal((await fetch(url, { method, body })).status, 200);
}

const logins = (requests: readonly { path: string; at: number }[]) =>
  requests.flatMap(({ path, at }) => (path.endsWith('/auth/login') ? [at] : []));

realTest(
  'a refused password is tried again at each press, ten seconds apart; the right one ends the incident',
  { needs: ['qbittorrent current', 'ntfy current'], timeout: 120_000 },
  async () => {
    await using scene = await startScene({
      qbittorrent: 'current',
      env: { QBIT_PASS: PASSWORD, COMMAND_TOPIC: 'commands' },
    });
    const next = (count: number) =>
      until(`message ${count}`, async () => {
        const messages = (await scene.ntfy.messages(TOPIC)).filter(({ event }) => event === 'message');
        return messages.length >= count && messages[count - 1];
      });
    const incident = await next(1);
    const pressedAt = Date.now();
    await press(incident);
    const refused = await next(2);
    assert.match(refused.message ?? '', /^No login: qBittorrent accepts no login\n/);
    assert.equal(refused.priority, 2);
    assert.ok(Date.now() - pressedAt >= 1100);
    assert.equal(refused.sequence_id, incident.sequence_id);

    await scene.qbittorrent.setPreferences({ web_ui_password: PASSWORD });
    await press(refused);
    const resolved = await next(3);
    assert.match(resolved.message ?? '', /^qBittorrent answers again/);
    assert.equal(resolved.sequence_id, incident.sequence_id);
    assert.equal(buttonOf(resolved), undefined);
    const at = logins(scene.toQbittorrent.requests);
    assert.equal(at.length, 3);
    assert.ok((at[2] ?? 0) - (at[1] ?? 0) >= 9900, 'ten seconds apart');

    // Neither of the two buttons has an effect any more.
    await press(incident);
    await press(refused);
    await scene.qbittorrent.addTorrent(scene.seed.serve('debian.iso', 16_000_000).file);
    await until('both presses are rejected', async () => {
      const samples = await scrape(scene.sidecar);
      return samples.get('qbit_ntfy_presses_rejected_total{reason="outdated"}') === 2;
    });
    assert.equal(scene.toQbittorrent.logins(), 3);
  },
);
