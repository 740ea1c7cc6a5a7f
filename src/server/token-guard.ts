import type { Secret } from '../util/secret.ts';
import { isToken } from './access.ts';
import { createAttempts } from './attempts.ts';

/** `later`: too many wrong tokens came from there. */
export type Verdict = 'welcome' | 'stranger' | 'later';

/** Compares tokens for one server, and limits how many can be tried. */
export interface TokenGuard {
  check(address: string, shown: string): Verdict;
}

/** @param onWrong hears of each wrong token that was compared */
export function createTokenGuard(token: Secret, onWrong: (address: string) => void = () => {}): TokenGuard {
  const attempts = createAttempts();
  return {
    check(address, shown) {
      if (attempts.isSpent(address)) return 'later';
      if (isToken(shown, token)) return 'welcome';
      attempts.count(address, shown);
      onWrong(address);
      return 'stranger';
    },
  };
}
