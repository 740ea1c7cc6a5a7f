/** A real ntfy with a topic of cards and a write-only topic of commands, and a recording proxy that the buttons lead to. */
import { startNtfy, startProxy, until } from '../servers/index.ts';
import type { Firewall, NtfyMessage, SeenRequest } from '../servers/index.ts';
import { createButtonPhone } from '../support/button-phone.ts';
import type { ButtonPhone } from '../support/button-phone.ts';

const CARDS = 'cards';
const COMMANDS = 'commands';

const users = [
  {
    name: 'sidecar',
    password: 'a long password',
    access: { [CARDS]: 'read-write', [COMMANDS]: 'read-only' },
  },
  { name: 'phone', password: 'a long password', access: { [CARDS]: 'read-only' } },
  { name: 'presser', password: 'a long password', access: { closed: 'write-only' } },
] as const;

/** `deny-all`, but anyone may write to the topic of commands; and a proxy that answers as `firewall` says. */
export async function startScene(firewall?: Firewall) {
  const scope = new AsyncDisposableStack();
  const ntfy = scope.use(
    await startNtfy('current', {
      auth: { users, everyoneMay: { [COMMANDS]: 'write-only' } },
      cacheFile: true,
      requestLimit: 'none',
    }),
  );
  const proxy = scope.use(await startProxy(ntfy.url, firewall === undefined ? {} : { firewall }));

  async function call(method: string, path: string, body?: object): Promise<NtfyMessage> {
    const headers = { authorization: `Bearer ${ntfy.tokens['sidecar']}` };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${ntfy.url}${path}`, { method, headers, ...content });
    if (answer.status !== 200) throw new Error(`ntfy answered ${answer.status}`);
    return (await answer.json()) as NtfyMessage;
  }

  return {
    ntfy,
    /** The address that buttons publish commands to, through the proxy. */
    commandUrl: `${proxy.url}/${COMMANDS}`,
    /** The same for a topic that only the user `presser` may write to. */
    closedUrl: `${proxy.url}/closed`,
    presserToken: ntfy.tokens['presser'] ?? '',
    /** The requests of the presses. */
    requests: proxy.requests as readonly SeenRequest[],
    async phone(as: 'android' | 'web', origin?: string): Promise<ButtonPhone> {
      const credentials = `Bearer ${ntfy.tokens['phone']}`;
      const page = origin === undefined ? {} : { origin };
      return scope.use(
        await createButtonPhone({ ntfyUrl: ntfy.url, topic: CARDS, as, credentials, ...page }),
      );
    },
    /** Publishes a card, or its next version, and waits until these phones have received it. */
    async show(sequence_id: string, fields: object, ...phones: ButtonPhone[]): Promise<void> {
      const { id } = await call('POST', '/', { topic: CARDS, sequence_id, ...fields });
      for (const phone of phones)
        await until(`the card ${sequence_id} is received`, () => phone.card(sequence_id)?.id === id);
    },
    /** Deletes a card, and waits until these phones know. */
    async delete(sequence: string, ...phones: ButtonPhone[]): Promise<void> {
      await call('DELETE', `/${CARDS}/${sequence}`);
      for (const phone of phones)
        await until(`the card ${sequence} is deleted`, () => phone.card(sequence) === null);
    },
    /** Takes a card out of the drawer. */
    clear: (sequence: string): Promise<NtfyMessage> => call('PUT', `/${CARDS}/${sequence}/clear`),
    /** The commands that have arrived. */
    commands: async (): Promise<string[]> =>
      (await ntfy.messages(COMMANDS)).map(({ message }: NtfyMessage) => message ?? ''),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;

/** A button that publishes to this address; the rest as given. */
export const button = (url: string, fields: object = {}): object => ({
  action: 'http',
  label: 'Pause',
  url,
  method: 'POST',
  body: 'v1.command',
  ...fields,
});
