import type { IncomingMessage } from 'node:http';

/** Whether a request comes with a body at all (RFC 9112, section 6.3); a hook's does not. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/**
 * A request's body as text; `null` where it is longer than `limit` bytes, or did not arrive whole.
 *
 * Hono's own `bodyLimit` copies the request, and counts only what a handler reads of it: a hook's reads nothing.
 */
export async function readBody(request: Request, limit: number): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null;
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.length;
      if (size > limit) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch {
    // The caller went away, or was cut off for being slow.
    return null;
  }
}
