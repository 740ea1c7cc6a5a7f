/** ntfy's error bodies, by their code: HTTP status and text (server/errors.go). */
const DOCS = 'https://ntfy.sh/docs/publish/';

const errors = {
  40007: ['invalid priority parameter', '#message-priority'],
  40009: ['invalid request: topic invalid', ''],
  40010: ['invalid request: topic name is not allowed', ''],
  40013: ['invalid request: attachment URL is invalid', '#attachments'],
  40014: ['invalid request: attachments not allowed', '/config/#attachments'],
  40018: ['invalid request: actions invalid', '#action-buttons'],
  40021: ['icon URL is invalid', '#icons'],
  40024: ['invalid request: request body must be message JSON', '#publish-as-json'],
  40049: ['invalid request: sequence ID invalid', '#updating-deleting-notifications'],
  40101: ['unauthorized', '#authentication'],
  40301: ['forbidden', '#authentication'],
  40401: ['page not found', ''],
  41303: ['JSON request body too large', ''],
  42901: ['limit reached: too many requests', '#limitations'],
  42908: ['limit reached: daily message quota reached', '#limitations'],
  42909: ['limit reached: too many auth failures', '#limitations'],
} as const;

/** The codes a simulator answers. */
export type ErrorCode = keyof typeof errors;

/** The answer for a code; its first three digits are the HTTP status. */
export function refuse(code: ErrorCode): Response {
  const [error, anchor] = errors[code];
  const http = Math.floor(code / 100);
  const link = anchor === '' ? {} : { link: `${DOCS}${anchor}` };
  return Response.json({ code, http, error, ...link }, { status: http });
}
