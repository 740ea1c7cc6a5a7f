/** Buttons on cards, and what they need. */
import { about, secret } from './about.ts';
import { commandTopic, link } from './address.ts';
import * as v from './values.ts';

export const commandSettings = {
  COMMAND_TOPIC: commandTopic.optional().meta({
    ...secret(
      'topic that the buttons on cards publish to: another topic on the server of `NTFY_TOPIC`, or its URL as the phone ' +
        'reaches it; no buttons if unset',
    ),
    example: 'https://ntfy.example.org/downloads-commands',
  }),
  COMMAND_TOKEN: v.token
    .optional()
    .meta(
      secret(
        'access token that the phone needs to publish to `COMMAND_TOPIC`; everyone who reads a card can read it, so it ' +
          'must not permit more than that',
      ),
    ),
  COMMAND_SECRET: v.signingKey.optional().meta({
    ...secret('file with the key that signs the buttons; default: a random key, stored in `STATE_DIR`'),
    fileOnly: true,
  }),
  WEBUI_URL: link
    .optional()
    .meta(
      about(
        "address of qBittorrent's WebUI as the phone reaches it, which a tap on a card opens; everyone who reads a card can " +
          'read it',
        'https://qbittorrent.example.org/',
      ),
    ),
};
