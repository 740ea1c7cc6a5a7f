import type { Secret } from '../util/secret.ts';
import { isToken } from './access.ts';
import { createAttempts } from './attempts.ts';

/** `throttled`: the address is locked out after too many wrong tokens. */
export type AccessDecision = 'allowed' | 'denied' | 'throttled';

/** The answer to a request from an address that is locked out. */
export const LOCKED_OUT = 'Too many wrong tokens from your address. Try again in a minute.';

/** Compares the tokens of requests to one server, and limits how many can be tried. */
export interface TokenGuard {
  check(address: string, presented: string): AccessDecision;
}

/** @param onWrong called for each wrong token that was compared */
export function createTokenGuard(token: Secret, onWrong: (address: string) => void = () => {}): TokenGuard {
  const attempts = createAttempts();
  return {
    check(address, presented) {
      if (attempts.isLockedOut(address)) return 'throttled';
      if (isToken(presented, token)) return 'allowed';
      attempts.count(address, presented);
      onWrong(address);
      return 'denied';
    },
  };
}
