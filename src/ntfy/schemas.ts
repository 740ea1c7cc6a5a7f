/** What ntfy answers, as far as it is read: by the client, and by the doctor. */
import * as z from 'zod';

/** A message that was accepted. ntfy before 2.16 has no sequences. */
export const accepted = z.object({ id: z.string(), sequence_id: z.string().optional() });

/** ntfy's own codes: the HTTP status and two digits more. A gateway's JSON may have a `code`, too, like 403. */
const code = z.number().int().min(40_000).max(59_999);

/** ntfy's error body; a proxy in front of it sends something else instead, which becomes `{}`. */
export const refusal = z.object({ code: code.optional(), error: z.string().optional() }).catch({});

/** ntfy's own error codes, where the status alone says too little (ntfy `server/errors.go`). */
export const ERROR_CODES = { notFound: 40_401, dailyQuota: 42_908, tooManyAuthFailures: 42_909 } as const;

/** `GET /v1/account`: open to anyone, and not counted (ntfy `server/server_account.go`). */
export const account = z.object({
  limits: z.object({ messages: z.number().positive() }),
  stats: z.object({ messages_remaining: z.number().nonnegative() }),
});

/** `GET /v1/health`. */
export const health = z.object({ healthy: z.boolean() });

/** `GET /v1/config`: 2.16 brought both this answer and sequence IDs (reference/ntfy.md, section 1). */
export const features = z.object({ config_hash: z.string() });
