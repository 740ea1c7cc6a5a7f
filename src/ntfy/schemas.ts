/** The parts of ntfy's answers that the client and the doctor read. */
import * as z from 'zod';

/** An accepted message. ntfy before 2.16 has no sequence IDs. */
export const accepted = z.object({ id: z.string(), sequence_id: z.string().optional() });

/** ntfy's error codes: the HTTP status and two more digits. JSON of a gateway may also have a `code`, such as 403. */
const code = z.number().int().min(40_000).max(59_999);

/** ntfy's error body; anything else, such as a proxy's error, becomes `{}`. */
export const refusal = z.object({ code: code.optional(), error: z.string().optional() }).catch({});

/** Error codes that distinguish more than the HTTP status (ntfy `server/errors.go`). */
export const ERROR_CODES = { notFound: 40_401, dailyQuota: 42_908, tooManyAuthFailures: 42_909 } as const;

/** `GET /v1/account`: allowed without credentials and not rate-limited (ntfy `server/server_account.go`). */
export const account = z.object({
  limits: z.object({ messages: z.number().positive() }),
  stats: z.object({ messages_remaining: z.number().nonnegative() }),
});

/** `GET /v1/health`. */
export const health = z.object({ healthy: z.boolean() });

/** `GET /v1/config`: 2.16 brought both this answer and sequence IDs (reference/ntfy.md, section 1). */
export const features = z.object({ config_hash: z.string() });
