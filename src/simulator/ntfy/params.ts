/** How a publish says what it wants: headers, a query, or JSON that becomes headers. */
import * as z from 'zod';
import type { LoggedRequest } from '../request.ts';
import type { Action } from './actions.ts';
import type { NtfyGeneration } from './generation.ts';

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
const legacy = z.looseObject({
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
});
/** `cache` and `firebase` came with 2.12, sequences with 2.16. */
const current = legacy.extend({ cache: text, firebase: text, sequence_id: text });

/** A publish by JSON. */
export interface JsonPublish {
  topic: string;
  message: string;
  params: Params;
  actions: Action[];
}

/** `null`: not the JSON that ntfy wants (40024). JSON's `null` is an empty publish. */
export function parseJson(call: LoggedRequest, generation: NtfyGeneration): JsonPublish | null {
  let json: unknown;
  try {
    json = JSON.parse(call.body) ?? {};
  } catch {
    return null;
  }
  const base = legacy.safeParse(json);
  const later = generation === 'current' ? current.safeParse(json) : undefined;
  if (!base.success || later?.success === false) return null;
  const { data } = base;
  const headers = {
    'x-title': data.title ?? '',
    'x-priority': data.priority ? String(data.priority) : '',
    'x-tags': (data.tags ?? []).join(','),
    'x-click': data.click ?? '',
    'x-icon': data.icon ?? '',
    'x-attach': data.attach ?? '',
    'x-markdown': data.markdown === true ? 'yes' : '',
    'x-cache': later?.data.cache ?? '',
    'x-sequence-id': later?.data.sequence_id ?? '',
  };
  return {
    topic: data.topic ?? '',
    message: data.message ?? '',
    params: paramsOf(headers, call.query),
    actions: data.actions ?? [],
  };
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
