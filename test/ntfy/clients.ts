/** Clients of simulated ntfys. */
import assert from 'node:assert/strict';
import type { Failure } from '../../machines/domain.ts';
import type { Config } from '../../src/config/index.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { secret } from '../../src/util/secret.ts';
import type { NtfySimulator } from '../../src/simulator/index.ts';
import { key } from './cards.ts';

export type Auth = Config['ntfy']['auth'];

export const topic = 'downloads';
export const none: Auth = { kind: 'none' };
export const token = (value: string): Auth => ({ kind: 'token', token: secret(value) });
export const basic = (username: string, password: string): Auth => ({
  kind: 'basic',
  username,
  password: secret(password),
});
export const cardDelete = {
  kind: 'card-delete',
  key,
  shown: true,
  alerted: false,
} as const;

export const clientOf = ({ url: server }: Pick<NtfySimulator, 'url'>, auth: Auth = none) =>
  createNtfyClient({ server, topic, auth, rate: null, retryMax: 0 }, { instance: 'qbit', timeZone: 'UTC' });

/** The failure of a publish; fails the test when there is none. */
export async function failureOf(
  publication: ReturnType<ReturnType<typeof clientOf>['publish']>,
): Promise<Failure> {
  const result = await publication;
  assert.ok(!result.ok, 'the publish should have failed');
  return result.failure;
}
