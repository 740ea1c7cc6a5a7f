/** `app/*`: versions and preferences. */
import type { Endpoints } from './dispatch.ts';
import type { Generation } from './generations.ts';
import { FOLDER } from './torrent.ts';

export type Preferences = Record<string, unknown>;

/** The initial preferences: those that our clients read. */
export function createPreferences(port: number, timeout: number, generation: Generation): Preferences {
  const limit = generation.sessionLimit;
  return {
    autorun_enabled: false,
    autorun_program: '',
    ...(generation.addedHook
      ? { autorun_on_torrent_added_enabled: false, autorun_on_torrent_added_program: '' }
      : {}),
    queueing_enabled: false,
    refresh_interval: 1500,
    web_ui_ban_duration: 3600,
    web_ui_max_auth_fail_count: 5,
    web_ui_port: port,
    web_ui_session_timeout: timeout,
    ...(Number.isFinite(limit) ? { web_ui_sessions_count_limit: limit } : {}),
  };
}

/** Invalid JSON changes nothing and is not an error. */
function parse(json: string): Preferences {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** 5.x trims commands: attackers hide them behind leading spaces. */
function clean([key, value]: [string, unknown]): [string, unknown] {
  return [key, typeof value === 'string' && key.endsWith('_program') ? value.trim() : value];
}

export function appEndpoints(generation: Generation, preferences: Preferences, startedAt: number): Endpoints {
  const modern = generation.modernAnswers;
  return {
    'app/version': { run: () => ({ body: generation.version }) },
    'app/webapiVersion': { run: () => ({ body: generation.webapi }) },
    ...(generation.build === null ? {} : { 'app/buildInfo': { run: () => ({ body: generation.build }) } }),
    'app/defaultSavePath': { run: () => ({ body: FOLDER }) },
    'app/preferences': { run: () => ({ body: preferences }) },
    'app/setPreferences': {
      post: true,
      needs: ['json'],
      run: ({ json = '' }) => {
        const entries = Object.entries(parse(json));
        const cleaned = generation.trimsPrograms ? entries.map(clean) : entries;
        // An unknown key changes nothing.
        const known = cleaned.filter(([key]) => generation.addedHook || !key.startsWith('autorun_on_'));
        Object.assign(preferences, Object.fromEntries(known));
        return { body: '' };
      },
    },
    ...(modern
      ? { 'app/processInfo': { run: () => ({ body: { launch_time: Math.floor(startedAt / 1000) } }) } }
      : {}),
  };
}
