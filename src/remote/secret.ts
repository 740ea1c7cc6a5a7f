/** The key that signs the commands of buttons. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Store } from '../store/index.ts';
import { secret } from '../util/secret.ts';
import type { Secret } from '../util/secret.ts';
import type { CodecOptions } from './codec.ts';

/** The fact that holds the key. The machines never see it. */
const KEY_FACT = 'commandKey';

/** Bytes. */
const KEY_LENGTH = 32;

/** 32 bytes in base64url: the last of the 43 characters has four bits. */
const storedKey = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/);

export interface SigningOptions {
  store: Pick<Store, 'facts' | 'setFact' | 'health'>;
  /** The key of the settings (`signingKey` in src/config/values.ts); `null`: one is created. */
  configured: Secret | null;
}

/**
 * The key of the settings, or a random one, which is stored, so that buttons work after a restart. A stored key that is
 * damaged is replaced: earlier buttons have no effect then.
 *
 * Called once, at the start. Where nothing is stored, consumed presses are not stored either: all commands end with the process.
 */
export function prepareSigning({ store, configured }: SigningOptions): Omit<CodecOptions, 'instance'> {
  const era = store.health.kind === 'disk' ? null : randomText(6);
  if (configured !== null) return { secret: secret(configured.reveal()), era };
  const { data: stored } = storedKey.safeParse(store.facts.get(KEY_FACT));
  const key = stored ?? randomText(KEY_LENGTH);
  if (stored === undefined) store.setFact(KEY_FACT, key);
  return { secret: secret(key), era };
}

const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url');
