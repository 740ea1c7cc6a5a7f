/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * Opens a chart when its link is clicked. The open chart is in the URL: it can be shared, and the back button closes it.
 *
 * @param onShow called with the actor whose chart is open; '' for none
 */
export function createDialog(dialog: HTMLDialogElement, onShow: (actor: string) => void) {
  const shownActor = () => new URLSearchParams(location.search).get('show') ?? '';

  /** Opens and closes the dialog according to the URL. */
  function update(): void {
    const show = shownActor();
    const body = document.getElementById('chart-body');
    // The body may still be that of the previous chart.
    if (show !== '' && body !== null && body.dataset['show'] !== show) body.replaceChildren();
    if (show === '') dialog.close();
    else if (!dialog.open) dialog.showModal();
    onShow(show);
  }

  function open(actor: string): void {
    const address = `?show=${encodeURIComponent(actor)}`;
    if (dialog.open) history.replaceState(history.state, '', address);
    else history.pushState('chart', '', address);
    update();
  }

  document.addEventListener('click', (click) => {
    const link = click.target instanceof Element ? click.target.closest<HTMLElement>('a[data-show]') : null;
    if (click.target === dialog) dialog.close();
    if (link === null || click.ctrlKey || click.metaKey || click.shiftKey || click.altKey) return;
    click.preventDefault();
    open(link.dataset['show'] ?? '');
  });
  dialog.addEventListener('close', () => {
    if (shownActor() === '') return;
    if (history.state === 'chart') return history.back();
    history.replaceState(null, '', './');
    update();
  });
  addEventListener('popstate', update);
  // For browsers without JavaScript the server renders it open, which is not modal.
  dialog.removeAttribute('open');
  update();
}
