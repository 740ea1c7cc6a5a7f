/** The key that signs the commands of buttons. */
import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Store } from '../store/index.ts';
import { secret } from '../util/secret.ts';
import type { Secret } from '../util/secret.ts';
import type { CodecOptions } from './codec.ts';

/** The fact that holds the key. The machines never see it. */
const KEY_FACT = 'commandKey';

/** The fact that changes with each start: whether something can be stored. */
const START_FACT = 'commandStart';

/** The fact that identifies key and era, and reveals neither. */
const SIGNER_FACT = 'commandSigner';

/** Bytes. */
const KEY_LENGTH = 32;

/** 32 bytes in base64url: the last of the 43 characters has four bits. */
const storedKey = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/);

export interface SigningOptions {
  store: Pick<Store, 'facts' | 'setFact' | 'health'>;
  /** The key of the settings (`signingKey` in src/config/values.ts); `null`: one is created. */
  configured: Secret | null;
}

/** How commands are signed. */
export interface Signing extends Omit<CodecOptions, 'instance'> {
  /** Buttons of earlier processes are invalid: the cards that are shown need other ones. */
  isNew: boolean;
}

/**
 * The key of the settings, or a random one, which is stored, so that buttons work after a restart. A stored key that is
 * damaged is replaced: earlier buttons have no effect then.
 *
 * Called once, at the start. Where nothing can be stored, as on a full disk, consumed presses are not stored either: all
 * commands end with the process, and those of earlier processes, which are maybe consumed, have no effect.
 */
export function prepareSigning({ store, configured }: SigningOptions): Signing {
  store.setFact(START_FACT, randomText(6));
  const era = store.health.kind === 'disk' ? null : randomText(6);
  const key = configured?.reveal() ?? storedKeyOf(store);
  const signer = createHmac('sha256', key)
    .update(`signer ${era ?? ''}`)
    .digest('base64url');
  const isNew = store.facts.get(SIGNER_FACT) !== signer;
  if (isNew) store.setFact(SIGNER_FACT, signer);
  return { secret: secret(key), era, isNew };
}

/** The stored key; creates it where there is none. */
function storedKeyOf(store: SigningOptions['store']): string {
  const { data: stored } = storedKey.safeParse(store.facts.get(KEY_FACT));
  const key = stored ?? randomText(KEY_LENGTH);
  if (stored === undefined) store.setFact(KEY_FACT, key);
  return key;
}

const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url');
