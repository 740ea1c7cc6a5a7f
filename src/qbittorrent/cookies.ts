/** Stores cookies. Their values are raw base64 (`+`, `/`) and are returned unchanged. */
export interface CookieJar {
  /** The request header; empty without a cookie. */
  header(): Record<string, string>;
  store(headers: Headers): void;
  clear(): void;
}

const MAX_COOKIES = 16;

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    header: () =>
      cookies.size === 0
        ? {}
        : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    store(headers) {
      for (const line of headers.getSetCookie()) {
        const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(line) ?? [];
        if (name === undefined || value === undefined) continue;
        if (value === '') cookies.delete(name);
        else if (cookies.size < MAX_COOKIES || cookies.has(name)) cookies.set(name, value);
      }
    },
    clear: () => cookies.clear(),
  };
}
