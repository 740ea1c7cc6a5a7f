import { html } from './html.ts';
import type { Html } from './html.ts';

/** A whole page. Its addresses are relative: it may be served below a path. */
export function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en" data-link="still">
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

/** What the page is made of. */
export interface Live {
  summary: Html;
  board: Html;
  said: Html;
  /** The dialog's content; `null` while no chart is open. */
  chart: Html | null;
  version: string;
  /** Whether there is a cookie to take back. */
  signedIn: boolean;
}

export function livePage({ summary, board, said, chart, version, signedIn }: Live): Html {
  return page(
    'qbit-ntfy-sidecar',
    html`<a class="skip" href="#following">Skip to the downloads</a>
      <header class="top">
        <h1>qbit-ntfy-sidecar</h1>
        ${summary}
        <p
          class="link"
          id="link"
          role="status"
          data-live="Live"
          data-connecting="Connecting"
          data-lost="Lost, connecting again"
          data-refused="Not let in any more"
        >
          Not live
        </p>
        ${signedIn ? signOut() : ''}
        <p class="banner" id="banner" hidden>
          What you see is old: the sidecar does not answer, and is asked again and again.
        </p>
        <p class="banner" id="refused" hidden>
          This browser is not let in any more: the sidecar was started again, or its token is another one.
          <a href="?">Sign in</a>
        </p>
        <noscript>
          <p class="banner">Without scripts this page stands still: load it again to see what is new.</p>
        </noscript>
      </header>
      ${board}${said}
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

/** What a browser sees that is not let in. */
export function lockedPage(problem: 'none' | 'wrong' | 'later' | 'keyless'): Html {
  return page(
    'Sign in: qbit-ntfy-sidecar',
    html`<main class="locked">
      <h1>qbit-ntfy-sidecar</h1>
      ${problem === 'keyless' ? keyless() : form(problem)}
    </main>`,
  );
}

function keyless(): Html {
  return html`<p>
      This page is for browsers on the same machine, under its own name: <code>http://localhost</code> and the
      port, or through a port-forward, but not through a proxy.
    </p>
    <p>To open it to others, set <code>OPS_TOKEN</code>.</p>`;
}

const PROBLEMS = {
  none: '',
  wrong: 'That is not the token.',
  later: 'Too many wrong tokens came from there. Try again in a minute.',
};

function form(problem: keyof typeof PROBLEMS): Html {
  return html`<form method="post" action="login">
      <label for="token">The token of this sidecar (<code>OPS_TOKEN</code>)</label>
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
    <p class="quiet">Signed in already, and came by a link? <a href="?">Go on</a></p>`;
}
