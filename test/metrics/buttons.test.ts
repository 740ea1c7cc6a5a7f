import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMMAND_TOPIC, pressButton, startButtonScene } from '../support/button-scene.ts';
import { until } from '../servers/wait.ts';
import { nonZero, scrape } from './samples.ts';

describe('the metrics of the buttons', () => {
  test('count presses, and messages of anyone else by why they had no effect', async () => {
    await using scene = await startButtonScene();
    const { sidecar, ntfy } = scene;
    const states = async () => nonZero(await scrape(sidecar), 'qbit_ntfy_command_topic_state');
    await until('the topic is read', async () => (await states())['state="listening"'] === 1);
    for (const body of ['anything', `v1.e30.${'A'.repeat(43)}`])
      await fetch(`${ntfy.url}/${COMMAND_TOPIC}`, { method: 'POST', body });
    await pressButton(ntfy, /film\.mkv/, 'Mute');
    const samples = await until('it is counted', async () => {
      const samples = await scrape(sidecar);
      return samples.get('qbit_ntfy_commands_total{action="mute",result="done"}') === 1 && samples;
    });
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_presses_rejected_total'), {
      'reason="malformed"': 1,
      'reason="signature"': 1,
    });
    assert.doesNotMatch(await scene.read('/metrics'), /planted|film|[0-9a-f]{40}/);
  });

  test('show that the command topic cannot be read', async () => {
    await using scene = await startButtonScene((ntfy) => {
      ntfy.fail(new RegExp(COMMAND_TOPIC), { kind: 'status', status: 403 });
    });
    const states = await until('it was refused', async () => {
      const states = nonZero(await scrape(scene.sidecar), 'qbit_ntfy_command_topic_state');
      return states['state="backingOff"'] === 1 && states;
    });
    assert.deepEqual(states, { 'state="backingOff"': 1 });
  });
});
