/** What the simulators know of a request. */
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
  /** `principal`: who calls, once the simulator has found out. `cookie`: what `Set-Cookie` will say. */
  Variables: { call: LoggedRequest; principal: string | null; cookie: string | null };
}
