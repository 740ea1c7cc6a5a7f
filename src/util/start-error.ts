/** The process cannot start, for an external reason that the user can fix. Every other exception is a bug. */
export class StartError extends Error {
  override name = 'StartError';
}
