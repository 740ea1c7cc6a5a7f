/** The buttons of a message, in the JSON form. The short form of the header is not simulated. */
import type { NtfyGeneration } from './generation.ts';
import type { Refusal } from './errors.ts';
import { newId } from './id.ts';

export type Action = Record<string, unknown>;

/** What a button keeps; anything else is dropped. */
const KEYS = ['action', 'label', 'clear', 'url', 'method', 'headers', 'body', 'intent', 'extras', 'value'];

const KINDS: Record<NtfyGeneration, string[]> = {
  legacy: ['view', 'broadcast', 'http'],
  current: ['view', 'broadcast', 'http', 'copy'],
};

function enumerate(kinds: string[]): string {
  const quoted = kinds.map((kind) => `'${kind}'`);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

/** What is wrong with a button, in the server's words. */
function findFault(action: Action, kinds: string[]): string | null {
  const kind = String(action.action);
  if (!kinds.includes(kind)) {
    return `parameter 'action' cannot be '${kind}', valid values are ${enumerate(kinds)}`;
  }
  if (!action.label) return "parameter 'label' is required";
  if (['view', 'http'].includes(kind) && !action.url) {
    return `parameter 'url' is required for action '${kind}'`;
  }
  const bodiless = ['GET', 'HEAD'].includes(String(action.method));
  if (kind === 'http' && bodiless && action.body) {
    return `parameter 'body' cannot be set if method is ${String(action.method)}`;
  }
  return null;
}

function keep(action: Action): Action {
  const kept: Action = { id: newId().slice(0, 10) };
  for (const key of KEYS) {
    const value = action[key] ?? (key === 'clear' ? false : undefined);
    if (value !== undefined && value !== '') kept[key] = value;
  }
  return kept;
}

/** The buttons as they will be delivered, or why they are refused. */
export function parseActions(actions: Action[], generation: NtfyGeneration): Action[] | Refusal {
  if (actions.length > 3) return { code: 40018, detail: 'only 3 actions allowed' };
  for (const action of actions) {
    const fault = findFault(action, KINDS[generation]);
    if (fault !== null) return { code: 40018, detail: fault };
  }
  return actions.map(keep);
}
