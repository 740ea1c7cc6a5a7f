import type { Secret } from '../util/secret.ts';

/** The credentials for HTTP Basic authentication. */
export interface BasicLogin {
  readonly username: string;
  readonly password: Secret;
}

/** The value of the `Authorization` header. */
export function basicAuthorization({ username, password }: BasicLogin): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}
