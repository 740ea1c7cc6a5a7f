/** The process can't start, for a reason outside of it that a person can mend. Everything else that is thrown is a bug. */
export class StartError extends Error {
  override name = 'StartError';
}
