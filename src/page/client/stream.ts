/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** How it stands with the stream; the page has words for each. */
export type Link = 'connecting' | 'live' | 'lost' | 'refused';

/** The stream from the sidecar: opened again whenever it breaks off, closed while the page is not seen. */
export function createStream(onMessage: (html: string) => void, onLink: (link: Link) => void) {
  const retry = 2000;
  let source: EventSource | null = null;
  let after = '';
  let show = '';
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(waiting);
    const before = source;
    const next = new EventSource(
      `events?show=${encodeURIComponent(show)}&after=${encodeURIComponent(after)}`,
    );
    source = next;
    // The one before goes on until this one is there: so nothing is missed, and nothing sent twice.
    next.addEventListener('open', () => {
      before?.close();
      if (source === next) onLink('live');
    });
    next.addEventListener('message', ({ data, lastEventId }) => {
      if (source !== next) return;
      after = lastEventId;
      onMessage(String(data));
    });
    next.addEventListener('error', () => {
      before?.close();
      if (source !== next) return;
      onLink('lost');
      // Else the browser tries again by itself.
      if (next.readyState === EventSource.CLOSED) waiting = setTimeout(askAgain, retry);
    });
  }

  function askAgain(): void {
    ask().catch(() => onLink('lost'));
  }

  /** Who is refused is told so, and asks no more. */
  async function ask(): Promise<void> {
    const status = await fetch('?', { method: 'HEAD' }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 403) onLink('refused');
    else open();
  }

  function close(): void {
    clearTimeout(waiting);
    source?.close();
    source = null;
  }

  function follow(): void {
    if (document.hidden) close();
    else if (source === null) open();
  }
  document.addEventListener('visibilitychange', follow);
  addEventListener('pagehide', close);
  addEventListener('pageshow', follow);

  /** Looks at the chart of an actor too; at none with ''. */
  return (actor: string): void => {
    show = actor;
    open();
  };
}
