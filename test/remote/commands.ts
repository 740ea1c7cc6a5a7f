/** Commands, and the codec that signs them. */
import type { Command } from '../../machines/remote/types.ts';
import { createCodec } from '../../src/remote/codec.ts';
import type { CodecOptions } from '../../src/remote/codec.ts';
import { secret } from '../../src/util/secret.ts';
import { key } from '../ntfy/cards.ts';

export const NOW = Date.UTC(2026, 10, 23, 14, 32, 30);

export const command: Command = {
  action: 'pause',
  card: 'progress',
  key,
  round: 1_795_000_000_000,
  serial: 7,
  expiresAt: NOW + 86_400_000,
};

export const codecOf = (over: Partial<CodecOptions> = {}) =>
  createCodec({ secret: secret('k'.repeat(43)), instance: 'qbit-0a1b2c', era: null, ...over });
