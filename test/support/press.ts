/** A press of a button on the phone of the embedded ntfy. */
import assert from 'node:assert/strict';
import type { NtfySimulator } from '../../src/simulator/index.ts';

interface HttpAction {
  label: string;
  url: string;
  body: string;
}

/** Sends what the apps send for a button with this label, of the card whose title matches. */
export async function pressButton(ntfy: NtfySimulator, title: RegExp, label: string): Promise<void> {
  const card = ntfy.cards().find((card) => title.test(card.title ?? ''));
  const actions = (card?.actions ?? []) as unknown as HttpAction[];
  const action = actions.find((action) => action.label === label) ?? assert.fail(`no button ${label}`);
  const { status } = await fetch(action.url, { method: 'POST', body: action.body });
  assert.equal(status, 200);
}

/** Whether a card with this title has a button with this label. */
export const hasButton = (ntfy: NtfySimulator, title: RegExp, label: string): boolean =>
  ntfy
    .cards()
    .some(
      (card) =>
        title.test(card.title ?? '') && (card.actions ?? []).some((action) => action['label'] === label),
    );
