import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';

/** Bytes. A Kubernetes token has about 1,500. */
const MAX_BYTES = 65_536;

const CHUNK_SIZE = 4096;

/** The file cannot contain a secret. The message continues the name of the setting: "names a file of …". */
export class SecretFileError extends Error {
  override name = 'SecretFileError';
}

/**
 * Reads a small regular file, also through a symbolic link. Reading a FIFO could block, and reading a device never end.
 * Throws `SecretFileError`, or an error of `node:fs`.
 */
export function readSecretFile(path: string): Buffer {
  if (!statSync(path).isFile())
    throw new SecretFileError('names a folder, FIFO or device instead of a regular file');
  // Non-blocking, in case it was replaced by a FIFO after the check.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; ;) {
      const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
      const length = readSync(file, chunk);
      if (length === 0) return Buffer.concat(chunks);
      total += length;
      if (total > MAX_BYTES) throw new SecretFileError(`names a file of more than ${MAX_BYTES / 1024} KiB`);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
