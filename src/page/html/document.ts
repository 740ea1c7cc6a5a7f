import { html } from './html.ts';
import type { Html } from './html.ts';

/** A whole page. Its URLs are relative: it may be served below a path. */
export function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en" data-link="static">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="page.css" />
      </head>
      <body>
        ${body}
      </body>
    </html> `;
}

/** The parts of the page. */
export interface LivePage {
  summary: Html;
  board: Html;
  announcement: Html;
  /** The dialog's content; `null` while no chart is open. */
  chart: Html | null;
  version: string;
  /** Whether the browser has a session cookie. */
  signedIn: boolean;
}

export function livePage({ summary, board, announcement, chart, version, signedIn }: LivePage): Html {
  return page(
    'qbit-ntfy-sidecar',
    html`<a class="skip" href="#downloads">Skip to the downloads</a>
      <header class="top">
        <h1>qbit-ntfy-sidecar</h1>
        ${summary}
        <a class="to-preview" href="#preview-title">On the phone</a>
        <p
          class="link"
          id="link"
          role="status"
          data-live="Live"
          data-connecting="Connecting"
          data-lost="Disconnected, reconnecting"
          data-refused="Signed out"
        >
          Not live
        </p>
        ${signedIn ? signOut() : ''}
        <p class="banner" id="banner" hidden>
          This page is outdated: the sidecar does not answer. Reconnecting.
        </p>
        <p class="banner" id="refused" hidden>
          This browser was signed out: the sidecar was restarted, or its token changed.
          <a href="?">Sign in</a>
        </p>
        <noscript>
          <p class="banner">JavaScript is disabled: reload this page to update it.</p>
        </noscript>
      </header>
      ${board}${announcement}
      <dialog id="chart" aria-labelledby="chart-title" ${chart === null ? '' : 'open'}>
        ${chart ?? html`<div id="chart-body"></div>`}
      </dialog>
      <footer>qbit-ntfy-sidecar ${version}</footer>
      <script src="page.js" type="module"></script>`,
  );
}

function signOut(): Html {
  return html`<form class="sign-out" method="post" action="logout"><button>Sign out</button></form>`;
}

/** The page for a browser that is not signed in. */
export function lockedPage(problem: 'none' | 'wrong' | 'throttled' | 'noToken'): Html {
  return page(
    'Sign in: qbit-ntfy-sidecar',
    html`<main class="locked">
      <h1>qbit-ntfy-sidecar</h1>
      ${problem === 'noToken' ? localOnlyNotice() : signInForm(problem)}
    </main>`,
  );
}

function localOnlyNotice(): Html {
  return html`<p>
      Without a token, this page opens only on the same machine or through a port-forward, as
      <code>http://localhost</code> with its port, and not through a proxy.
    </p>
    <p>To allow other access, set <code>OPS_TOKEN</code>.</p>`;
}

const PROBLEMS = {
  none: '',
  wrong: 'Wrong token.',
  throttled: 'Too many wrong tokens from this address. Try again in a minute.',
};

function signInForm(problem: keyof typeof PROBLEMS): Html {
  return html`<form method="post" action="login">
      <label for="token">Token of this sidecar (<code>OPS_TOKEN</code>)</label>
      <input
        id="token"
        name="token"
        type="password"
        required
        autofocus
        autocomplete="current-password"
        aria-describedby="problem"
      />
      <p id="problem" role="alert">${PROBLEMS[problem]}</p>
      <button>Sign in</button>
    </form>
    <p class="secondary">Already signed in, but came here by a link? <a href="?">Continue</a></p>`;
}
