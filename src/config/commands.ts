import type { Secret } from '../util/secret.ts';
import type { TopicAddress } from './address.ts';

/** The buttons on cards. */
export interface CommandConfig {
  /** On the server of the cards, where the sidecar reads it. */
  readonly topic: string;
  /** The topic as the phone reaches it, to publish to. */
  readonly url: string;
  /** What the phone needs to publish; part of each card. `null`: nothing. */
  readonly token: Secret | null;
  /** The key of the signatures; `null`: the one in `STATE_DIR`, or a new one for each start. */
  readonly secret: Secret | null;
}

/**
 * The buttons that the settings lead to; `null`: cards have none.
 *
 * @param server the ntfy server of the cards
 */
export function commandsOf(
  address: TopicAddress | undefined,
  server: string,
  secrets: (name: 'COMMAND_TOKEN' | 'COMMAND_SECRET') => Secret | null,
): CommandConfig | null {
  if (address === undefined) return null;
  const { topic } = address;
  return {
    topic,
    url: `${address.server ?? server}/${topic}`,
    token: secrets('COMMAND_TOKEN'),
    secret: secrets('COMMAND_SECRET'),
  };
}
