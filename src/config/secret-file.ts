import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';

/** Bytes. A Kubernetes token has some 1,500. */
const MAX_BYTES = 65_536;

const CHUNK = 4096;

/** The file is no secret's. The message continues the setting's name: "names a file that …". */
export class SecretFileError extends Error {
  override name = 'SecretFileError';
}

/**
 * Reads a small regular file, or what a symbolic link to one names. A FIFO would keep the process waiting, a device could
 * send without end. Throws `SecretFileError`, or as `node:fs` does.
 */
export function readSecretFile(path: string): Buffer {
  if (!statSync(path).isFile())
    throw new SecretFileError('names a folder, FIFO or device, not a regular file');
  // Not even if it was replaced by a FIFO just now.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; ;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
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
