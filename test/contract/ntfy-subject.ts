/** An ntfy under contract, simulated or real, and the calls of the cases. */
import { randomBytes } from 'node:crypto';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import type { NtfyGeneration } from '../../src/simulator/index.ts';
import { startNtfy } from '../servers/index.ts';
import type { Case } from './contract.ts';
import { objectOf, send } from './http.ts';
import type { Answer, Outgoing } from './http.ts';

export interface Options {
  /** Default: the server's own limits. `none`: no limit. */
  limit?: 'none' | { dailyMessages: number };
  /** Only the user `phil` with this password, who may use the topic `mine`. */
  password?: string;
}

export interface Subject extends AsyncDisposable {
  generation: NtfyGeneration;
  url: string;
  /** `phil`'s access token, if there is one. */
  token: string;
}

export type NtfyCase = Case<Subject, NtfyGeneration, Options>;

export async function simulated(generation: NtfyGeneration, options: Options): Promise<Subject> {
  const { limit, password } = options;
  const token = `tk_${'a'.repeat(29)}`;
  const simulator = await startNtfySimulator({
    generation,
    ...(limit === 'none' ? { burst: 1_000_000 } : {}),
    ...(typeof limit === 'object' ? { dailyLimit: limit.dailyMessages } : {}),
    ...(password === undefined ? {} : { token, users: { phil: password }, topics: ['mine'] }),
  });
  return Object.assign(simulator, { token });
}

export async function real(generation: NtfyGeneration, options: Options): Promise<Subject> {
  const { limit, password } = options;
  const users = [{ name: 'phil', password: password ?? '', access: { mine: 'read-write' } as const }];
  const server = await startNtfy(generation, {
    ...(limit === undefined ? {} : { requestLimit: limit }),
    ...(password === undefined ? {} : { auth: { users } }),
  });
  return Object.assign(server, { token: server.tokens.phil ?? '' });
}

/** Sequences came with 2.16. */
export const knowsSequences = ({ generation }: Subject): boolean => generation === 'current';

export const newTopic = (): string => `topic-${randomBytes(6).toString('hex')}`;

export const call = (subject: Subject, path: string, outgoing?: Outgoing): Promise<Answer> =>
  send(`${subject.url}${path}`, outgoing);

/** Publishes JSON to the root; a string is sent unchanged. */
export function publish(
  subject: Subject,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return call(subject, '/', { method: 'POST', body, headers });
}

/** The ntfy error code of an answer, or 0. */
export function codeOf({ text }: Answer): number {
  const { code } = objectOf(text);
  return typeof code === 'number' ? code : 0;
}

/** The messages in the cache of a topic, by poll. */
export async function poll(subject: Subject, topic: string, query = ''): Promise<Record<string, unknown>[]> {
  const answer = await call(subject, `/${topic}/json?poll=1${query}`);
  return answer.text
    .split('\n')
    .filter((line) => line !== '')
    .map(objectOf);
}
