/** ntfy's error bodies, by their code: text and documentation link, as measured. */
const DOCS = 'https://ntfy.sh/docs/';

const errors = {
  40007: ['invalid priority parameter', 'publish/#message-priority'],
  40008: ['invalid since parameter', 'subscribe/api/#fetch-cached-messages'],
  40009: ['invalid request: topic invalid', ''],
  40010: ['invalid request: topic name is not allowed', ''],
  40013: ['invalid request: attachment URL is invalid', 'publish/#attachments'],
  40014: ['invalid request: attachments not allowed', 'config/#attachments'],
  40018: ['invalid request: actions invalid', 'publish/#action-buttons'],
  40021: ['invalid request: icon URL is invalid', 'publish/#icons'],
  40024: ['invalid request: request body must be valid JSON', ''],
  40049: ['invalid request: sequence ID invalid', 'publish/#updating-deleting-notifications'],
  40101: ['unauthorized', 'publish/#authentication'],
  40301: ['forbidden', 'publish/#authentication'],
  40401: ['page not found', ''],
  41303: ['JSON body too large', ''],
  42901: ['limit reached: too many requests', 'publish/#limitations'],
  42908: ['limit reached: daily message quota reached', 'publish/#limitations'],
  42909: ['limit reached: too many auth failures', 'publish/#limitations'],
} as const;

/** The error codes of the simulator; the first three digits are the HTTP status. */
export type ErrorCode = keyof typeof errors;

/** The error of a request. */
export interface Refusal {
  code: ErrorCode;
  /** Appended to the error's text. */
  detail?: string;
}

/** The answer for a code. */
export function refuse({ code, detail }: Refusal): Response {
  const [text, page] = errors[code];
  const http = Math.floor(code / 100);
  const error = detail === undefined ? text : `${text}; ${detail}`;
  const link = page === '' ? {} : { link: `${DOCS}${page}` };
  return Response.json({ code, http, error, ...link }, { status: http });
}
