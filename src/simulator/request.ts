/** A request as the simulators record it. */
import type { HttpBindings } from '@hono/node-server';

/** One request as a simulator received it. */
export interface LoggedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The fields of an urlencoded or multipart body; files are empty strings. */
  form: Record<string, string>;
  /** By the simulator's clock. */
  at: number;
}

/** The Hono environment of both simulators. */
export interface Env {
  Bindings: HttpBindings;
  /** `principal`: the authenticated user or session. `cookie`: the value of `Set-Cookie`. */
  Variables: { call: LoggedRequest; principal: string | null; cookie: string | null };
}
