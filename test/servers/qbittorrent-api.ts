/** The tests' own WebAPI session. */

/** Milliseconds: a qBittorrent that adds a thousand magnets answers late on a busy machine. */
const ANSWER_TIMEOUT = 120_000;

/** The credentials of the tests. */
export interface ApiAccess {
  url: string;
  username: string;
  password: string;
  /** Why there is no server any more; default `null`. */
  crashed?: () => Promise<Error | null>;
}

/** A raw call as a browser would send it: GET without a form, POST with one. */
export interface Api {
  call(path: string, form?: Record<string, string> | FormData): Promise<Response>;
  /** Drops the session, as after a restart of the server. */
  dropSession(): void;
}

/** Logs in at the first call, and again when the server has lost the session. */
export function createApi(access: ApiAccess): Api {
  let cookie: string | null = null;
  const sendOnce = (path: string, form?: Record<string, string> | FormData): Promise<Response> =>
    fetch(`${access.url}/api/v2/${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { connection: 'close', ...(cookie === null ? {} : { cookie }) },
      body: form === undefined || form instanceof FormData ? (form ?? null) : new URLSearchParams(form),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    });
  /** A qBittorrent that was busy for seconds (4.5) resets connections whose request it has not read yet. */
  const send: typeof sendOnce = async (path, form) => {
    for (let resets = 0; ; resets += 1) {
      try {
        return await sendOnce(path, form);
      } catch (error) {
        if (!isReset(error) || resets === 5) throw error;
      }
    }
  };
  const sendInSession: typeof sendOnce = async (path, form) => {
    cookie ??= await login(access);
    const answer = await send(path, form);
    if (answer.status !== 403) return answer;
    await answer.body?.cancel();
    cookie = await login(access);
    return send(path, form);
  };
  return {
    call: (path, form) =>
      sendInSession(path, form).catch(async (error: unknown) => {
        throw (await access.crashed?.()) ?? error;
      }),
    dropSession() {
      cookie = null;
    },
  };
}

const isReset = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'ECONNRESET';

/** A login as the WebUI sends it; returns the cookie. Throws when it is refused. */
export async function login({ url, username, password }: ApiAccess): Promise<string> {
  const answer = await fetch(`${url}/api/v2/auth/login`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT),
  });
  const text = await answer.text();
  if (!answer.ok || text.startsWith('Fails')) throw new Error(`Login was refused: ${answer.status} ${text}`);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
