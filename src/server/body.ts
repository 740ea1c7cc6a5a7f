import type { IncomingMessage } from 'node:http';

/** Whether a request has a body (RFC 9112, section 6.3). The requests of the hooks have none. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/**
 * A request's body as text; `null` when it is longer than `limit` bytes, or incomplete.
 *
 * Hono's own `bodyLimit` copies the request, and counts only what a handler reads: those of the hooks read nothing.
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
    // The client closed the connection, or exceeded a time limit.
    return null;
  }
}
