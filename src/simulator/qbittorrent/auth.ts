/** `auth/*`: login, logout, and the ban. */
import type { Endpoints } from './dispatch.ts';
import { BANNED, addressOf, checkPassword, endSession, startSession } from './guard.ts';
import type { Access } from './guard.ts';

export function authEndpoints(access: Access): Endpoints {
  const modern = access.generation.modernAnswers;
  const ok = { body: modern ? null : 'Ok.' };
  return {
    'auth/login': {
      post: true,
      run: ({ username = '', password = '' }, c) => {
        // With a valid session the password is not checked.
        if (c.var.principal !== null) return ok;
        const result = checkPassword(access, addressOf(c), username, password);
        if (result === 'banned') return { status: 403, body: BANNED };
        if (result === 'wrong') return modern ? { status: 401, body: '' } : { body: 'Fails.' };
        startSession(c, access);
        access.logins += 1;
        return ok;
      },
    },
    'auth/logout': {
      post: true,
      run: (_, c) => {
        endSession(c, access);
        return { body: '' };
      },
    },
  };
}
