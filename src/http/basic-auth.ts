import type { Secret } from '../util/secret.ts';

/** A user name and a password as HTTP's Basic authentication takes them. */
export interface BasicLogin {
  readonly username: string;
  readonly password: Secret;
}

/** The value of the `Authorization` header. */
export function basicAuthorization({ username, password }: BasicLogin): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}
