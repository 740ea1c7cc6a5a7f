/** `app/*`: versions and preferences. */
import { Hono } from 'hono';
import type { Env } from '../wire.ts';
import type { Generation } from './generations.ts';

export type Preferences = Record<string, unknown>;

/** The preferences a simulator starts with: those a client of ours may ask for. */
export function createPreferences(port: number, timeout: number): Preferences {
  return {
    autorun_enabled: false,
    autorun_program: '',
    autorun_on_torrent_added_enabled: false,
    autorun_on_torrent_added_program: '',
    queueing_enabled: false,
    refresh_interval: 1500,
    web_ui_port: port,
    web_ui_max_auth_fail_count: 5,
    web_ui_ban_duration: 3600,
    web_ui_session_timeout: timeout,
  };
}

function parse(json: string | undefined): Preferences {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export function appRoutes(generation: Generation, preferences: Preferences): Hono<Env> {
  return new Hono<Env>()
    .on(['GET', 'POST'], '/version', (c) => c.text(generation.version))
    .on(['GET', 'POST'], '/webapiVersion', (c) => c.text(generation.webapi))
    .on(['GET', 'POST'], '/buildInfo', (c) => c.json(generation.build))
    .on(['GET', 'POST'], '/preferences', (c) => c.json(preferences))
    .post('/setPreferences', (c) => {
      Object.assign(preferences, parse(c.var.call.form.json));
      return c.text('');
    });
}
