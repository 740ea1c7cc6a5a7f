/** The parameters of a publish: from headers, the query, or JSON, which is converted to headers. */
import * as z from 'zod';
import type { LoggedRequest } from '../request.ts';
import type { Action } from './actions.ts';
import type { NtfyGeneration } from './generation.ts';

/** Returns the first of these parameters that is set, or ''. */
export type Params = (...names: string[]) => string;

/** Reads headers first, then the query, each with all names of a parameter. */
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

/** As Go's decoder: types are strict, unknown fields are ignored, null equals absent. */
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
/** `cache` and `firebase` exist since 2.12, sequence IDs since 2.16. */
const current = legacy.extend({ cache: text, firebase: text, sequence_id: text });

/** A publish as JSON. */
export interface JsonPublish {
  topic: string;
  message: string;
  params: Params;
  actions: Action[];
}

/** `null`: invalid JSON for ntfy (40024). The JSON value `null` is an empty publish. */
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

/** Decodes RFC 2047 encoded words, as ntfy does in any parameter, including untrusted titles. */
export function decodeWords(header: string): string {
  return header.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString();
    const bytes = word
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString();
  });
}
