/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * Opens charts from the links that lead to them. The address says which one is open: it can be sent to somebody, and the
 * way back closes it.
 *
 * @param onShow hears whose chart is wanted now; '' for none
 */
export function createDialog(dialog: HTMLDialogElement, onShow: (actor: string) => void) {
  const wanted = () => new URLSearchParams(location.search).get('show') ?? '';

  /** Follows the address. */
  function follow(): void {
    const show = wanted();
    const body = document.getElementById('chart-body');
    // Not the chart before this one.
    if (show !== '' && body !== null && body.dataset['show'] !== show) body.replaceChildren();
    if (show === '') dialog.close();
    else if (!dialog.open) dialog.showModal();
    onShow(show);
  }

  function open(actor: string): void {
    const address = `?show=${encodeURIComponent(actor)}`;
    if (dialog.open) history.replaceState(history.state, '', address);
    else history.pushState('chart', '', address);
    follow();
  }

  document.addEventListener('click', (click) => {
    const link = click.target instanceof Element ? click.target.closest<HTMLElement>('a[data-show]') : null;
    if (click.target === dialog) dialog.close();
    if (link === null || click.ctrlKey || click.metaKey || click.shiftKey || click.altKey) return;
    click.preventDefault();
    open(link.dataset['show'] ?? '');
  });
  dialog.addEventListener('close', () => {
    if (wanted() === '') return;
    if (history.state === 'chart') return history.back();
    history.replaceState(null, '', './');
    follow();
  });
  addEventListener('popstate', follow);
  // Without a script the server opens it, but not as a modal one.
  dialog.removeAttribute('open');
  follow();
}
