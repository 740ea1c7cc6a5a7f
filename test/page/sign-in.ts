/** Signing in to the page, as a browser does. */
import { navigation } from './setup.ts';
import type { startApp } from './setup.ts';

export const REMOTE = '10.1.2.3';
export const TOKEN = 'correct-horse';

/** The request headers of a browser on the page itself. */
export const own = {
  host: 'pod.example:9091',
  origin: 'http://pod.example:9091',
  'sec-fetch-site': 'same-origin',
};

export type Call = ReturnType<typeof startApp>['call'];

export const signIn = (call: Call, token: string, from = REMOTE, headers: Record<string, string> = own) =>
  call('/login', { method: 'POST', body: new URLSearchParams({ token }), headers }, from);

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (answer: Response): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

/** The status of a request with that cookie. */
export const statusWith = async (call: Call, cookie: string, path = '/'): Promise<number> => {
  const headers = { ...own, ...navigation('same-origin'), cookie };
  return (await call(path, { method: path === '/events' ? 'HEAD' : 'GET', headers }, REMOTE)).status;
};
