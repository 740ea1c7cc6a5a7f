/** The signed commands in the buttons of cards: what a press sends is what this process signed, or it has no effect. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { BUTTON_ACTIONS, BUTTON_CARDS } from '../../machines/remote/types.ts';
import type { Command } from '../../machines/remote/types.ts';
import type { IncidentSource } from '../../machines/domain.ts';
import { parseJson } from '../http/request.ts';
import type { Secret } from '../util/secret.ts';

/**
 * Why a command is invalid: it is not one; it was not signed with this key; it is of another sidecar with the same key; or
 * it is too old, or of an earlier process that had no `STATE_DIR`.
 */
export type CommandFault = 'malformed' | 'signature' | 'foreign' | 'expired';

export type ReadCommand = { ok: true; command: Command } | { ok: false; reason: CommandFault };

export interface CodecOptions {
  /** The key: any text, of which the UTF-8 bytes are used. Read once: another key invalidates all buttons. */
  secret: Secret;
  /** The name of this sidecar, as in sequence IDs. */
  instance: string;
  /** Identifies this run of the process, if its commands end with it; `null`: they survive a restart. */
  era: string | null;
}

export interface Codec {
  /** The same command is always the same text. Its time is cut to seconds. */
  sign: (command: Command) => string;
  /**
   * Reads untrusted text of any length. Never throws.
   *
   * @param now milliseconds since 1970
   */
  read: (text: string, now: number) => ReadCommand;
}

/** Characters. A command with the longest instance name and key has about 280. */
const MAX_COMMAND_LENGTH = 512;

/** A message that does not begin with this is no command. */
export const COMMAND_PREFIX = 'v1.';

/** Version, payload and MAC. The MAC has the 43 characters of 32 bytes. */
const FORMAT = /^(v1\.[\w-]+)\.([\w-]{43})$/;

const SOURCES: { readonly [Source in IncidentSource]: Source } = {
  qbittorrent: 'qbittorrent',
  store: 'store',
  rules: 'rules',
  topic: 'topic',
};

const count = z.int().nonnegative();

const payloadSchema = z.tuple([
  z.string(), // instance
  z.enum(BUTTON_CARDS),
  z.union([z.string().regex(/^[0-9a-f]{40}$/), z.enum(SOURCES)]),
  count, // round
  count, // serial
  z.enum(BUTTON_ACTIONS),
  count, // expiry, in seconds since 1970
  z.string().nullable(), // era
]);

/**
 * Signs and reads commands: `v1.<payload>.<mac>`. The payload is a JSON array in base64url, the MAC is the HMAC-SHA-256 of
 * all before it. Only the exact text that was signed is valid.
 *
 * @example
 * const codec = createCodec({ secret, instance: 'qbit', era: null });
 * codec.read(codec.sign(command), Date.now()); // { ok: true, command }
 */
export function createCodec({ secret, instance, era }: CodecOptions): Codec {
  const key = createSecretKey(Buffer.from(secret.reveal()));
  return {
    sign({ card, key: subject, round, serial, action, expiresAt }) {
      const payload = [instance, card, subject, round, serial, action, Math.floor(expiresAt / 1000), era];
      const signed = `${COMMAND_PREFIX}${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
      return `${signed}.${macOf(key, signed)}`;
    },
    read(text, now) {
      const [, signed, mac] = text.length > MAX_COMMAND_LENGTH ? [] : (FORMAT.exec(text) ?? []);
      if (signed === undefined || mac === undefined) return fault('malformed');
      // The texts are compared: of several encodings of the same MAC only one is valid.
      if (!timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key, signed)))) return fault('signature');
      const payload = Buffer.from(signed.slice(COMMAND_PREFIX.length), 'base64url').toString();
      // Another version with the same key may sign other payloads.
      const { data } = payloadSchema.safeParse(parseJson(payload));
      if (data === undefined) return fault('malformed');
      const [owner, card, subject, round, serial, action, expiry, run] = data;
      if (owner !== instance) return fault('foreign');
      const expiresAt = expiry * 1000;
      if (now >= expiresAt || run !== era) return fault('expired');
      return { ok: true, command: { card, key: subject, round, serial, action, expiresAt } };
    },
  };
}

const macOf = (key: KeyObject, signed: string): string =>
  createHmac('sha256', key).update(signed).digest('base64url');

const fault = (reason: CommandFault): ReadCommand => ({ ok: false, reason });
