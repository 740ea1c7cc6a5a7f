import * as z from 'zod';
import type { HookConfig } from '../config/index.ts';
import { settings } from '../config/settings.ts';
import type { SlotName } from '../qbittorrent/preferences.ts';

/** The options of the command line. */
export type HookOptions = Record<string, string | boolean | undefined>;

type Read =
  | { ok: true; changes: Partial<Pick<HookConfig, 'url' | 'tool'>>; only: SlotName | null }
  | { ok: false; message: string };

/** The same values as in the settings. */
const schema = z.object({
  url: settings.shape.HOOK_URL,
  tool: z.enum(['curl', 'wget'], 'must be curl or wget').optional(),
  only: z.enum(['added', 'finished'], 'must be added or finished').optional(),
});

/** Parses the options of `install-hook`, which override the configuration. */
export function readHookOptions(given: HookOptions): Read {
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `--${String(path[0])} ${message}.`);
    return { ok: false, message: lines.join('\n') };
  }
  const { url, tool, only = null } = parsed.data;
  return {
    ok: true,
    changes: { ...(url === undefined ? {} : { url }), ...(tool === undefined ? {} : { tool }) },
    only,
  };
}
