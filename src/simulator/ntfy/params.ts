/** How a publish says what it wants: headers, a query, or JSON that becomes headers. */
import * as z from 'zod';
import type { LoggedRequest } from '../faults.ts';

/** The first of these parameters that is set, or ''. */
export type Params = (...names: string[]) => string;

/** Headers first, then the query, each under all of a parameter's names. */
export function paramsOf(headers: Record<string, string>, query: Record<string, string> = {}): Params {
  return (...names) => {
    for (const source of [headers, query]) {
      for (const name of names) {
        const value = source[name]?.trim();
        if (value) return value;
      }
    }
    return '';
  };
}

/** Types are strict, unknown fields are not looked at, null is as good as absent (Go's decoder). */
const text = z.string().nullish();
const body = z.looseObject({
  topic: text,
  title: text,
  message: text,
  priority: z.int().nullish(),
  tags: z.array(text).nullish(),
  actions: z.array(z.looseObject({})).nullish(),
  click: text,
  icon: text,
  attach: text,
  filename: text,
  markdown: z.boolean().nullish(),
  delay: text,
  email: text,
  call: text,
  cache: text,
  firebase: text,
  sequence_id: text,
});

/** A publish by JSON. `null`: not the JSON that ntfy wants (40024). */
export function parseJson(call: LoggedRequest): { topic: string; message: string; params: Params } | null {
  let json: unknown;
  try {
    json = JSON.parse(call.body);
  } catch {
    return null;
  }
  const parsed = body.safeParse(json);
  if (!parsed.success) return null;
  const { data } = parsed;
  const headers = {
    'x-title': data.title ?? '',
    'x-priority': data.priority ? String(data.priority) : '',
    'x-tags': (data.tags ?? []).join(','),
    'x-actions': data.actions?.length ? JSON.stringify(data.actions) : '',
    'x-click': data.click ?? '',
    'x-icon': data.icon ?? '',
    'x-attach': data.attach ?? '',
    'x-markdown': data.markdown === true ? 'yes' : '',
    'x-cache': data.cache ?? '',
    'x-sequence-id': data.sequence_id ?? '',
  };
  return { topic: data.topic ?? '', message: data.message ?? '', params: paramsOf(headers, call.query) };
}

/** RFC 2047 words are decoded, wherever they come from: a hostile title can use that. */
export function decodeWords(header: string): string {
  return header.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString();
    const bytes = word
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString();
  });
}
