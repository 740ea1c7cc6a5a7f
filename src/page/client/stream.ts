/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** The state of the connection; the page has a label for each. */
export type Link = 'connecting' | 'live' | 'lost' | 'refused';

/** The stream from the sidecar: reopened after an interruption, closed while the page is hidden. */
export function createStream(onMessage: (html: string) => void, onLink: (link: Link) => void) {
  const retryDelay = 2000;
  let source: EventSource | null = null;
  let after = '';
  let show = '';
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(retryTimer);
    const before = source;
    const next = new EventSource(
      `events?show=${encodeURIComponent(show)}&after=${encodeURIComponent(after)}`,
    );
    source = next;
    // The previous stream is closed when this one is open: no message is missed or received twice.
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
      // In any other state the browser reconnects.
      if (next.readyState === EventSource.CLOSED) retryTimer = setTimeout(tryReconnect, retryDelay);
    });
  }

  function tryReconnect(): void {
    reconnect().catch(() => onLink('lost'));
  }

  /** Reopens the stream, unless this browser is signed out. */
  async function reconnect(): Promise<void> {
    const status = await fetch('?', { method: 'HEAD' }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 403) onLink('refused');
    else open();
  }

  function close(): void {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  }

  function update(): void {
    if (document.hidden) close();
    else if (source === null) open();
  }
  document.addEventListener('visibilitychange', update);
  addEventListener('pagehide', close);
  addEventListener('pageshow', update);

  /** Opens the stream with the chart of an actor; without a chart if ''. */
  return (actor: string): void => {
    show = actor;
    open();
  };
}
