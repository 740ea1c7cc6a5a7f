/** The action buttons of a message in JSON. The short format of the header is not simulated. */
import type { NtfyGeneration } from './generation.ts';
import type { Refusal } from './errors.ts';
import { newId } from './id.ts';
import { decodeWords } from './params.ts';

export type Action = Record<string, unknown>;

/** The fields of a button; others are dropped. */
const FIELDS = ['action', 'label', 'clear', 'url', 'method', 'headers', 'body', 'intent', 'extras', 'value'];

const KINDS: Record<NtfyGeneration, string[]> = {
  legacy: ['view', 'broadcast', 'http'],
  current: ['view', 'broadcast', 'http', 'copy'],
};

function enumerate(kinds: string[]): string {
  const quoted = kinds.map((kind) => `'${kind}'`);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

/** The error of a button, with the server's text; `null` for a valid one. */
function findFault(action: Action, kinds: string[]): string | null {
  const kind = String(action.action);
  if (!kinds.includes(kind)) {
    return `parameter 'action' cannot be '${kind}', valid values are ${enumerate(kinds)}`;
  }
  if (!action.label) return "parameter 'label' is required";
  if (['view', 'http'].includes(kind) && !action.url) {
    return `parameter 'url' is required for action '${kind}'`;
  }
  const bodiless = ['GET', 'HEAD'].includes(String(action.method).toUpperCase());
  if (kind === 'http' && bodiless && action.body) {
    return `parameter 'body' cannot be set if method is ${String(action.method).toUpperCase()}`;
  }
  return null;
}

/** Decodes encoded words, which ntfy does with a button as with any parameter. */
function decode(value: unknown): unknown {
  if (typeof value === 'string') return decodeWords(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decode(part)]));
}

function normalize(action: Action): Action {
  const normalized: Action = { id: newId().slice(0, 10) };
  for (const key of FIELDS) {
    const value = decode(action[key] ?? (key === 'clear' ? false : undefined));
    if (value === undefined || value === '') continue;
    normalized[key] = key === 'method' && typeof value === 'string' ? value.toUpperCase() : value;
  }
  return normalized;
}

/** The buttons as they are delivered, or the error. */
export function parseActions(actions: Action[], generation: NtfyGeneration): Action[] | Refusal {
  if (actions.length > 3) return { code: 40018, detail: 'only 3 actions allowed' };
  for (const action of actions) {
    const fault = findFault(action, KINDS[generation]);
    if (fault !== null) return { code: 40018, detail: fault };
  }
  return actions.map(normalize);
}
