/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * Highlights the open chart: the actor's state and the transitions it took. Steps that arrive together are animated one
 * after the other; with reduced motion only the last one is shown.
 */
export function createHighlighter(
  reducedMotion: MediaQueryList,
  scrollIntoView: (view: Element, behavior: ScrollBehavior) => void,
) {
  const stepDelay = 300;
  const scrollDelay = 700;
  const maxSteps = 10;
  let shown = '';
  let scrolledTo = '';
  let lastSeq = 0;
  let queue: Array<[seq: number, state: string, taken: string[]]> = [];
  let isPlaying = false;
  let scrolling: ReturnType<typeof setTimeout> | undefined;

  function highlight(state: string, taken: readonly string[]): void {
    const view = document.getElementById('chart-view');
    if (view === null) return;
    const isActive = (path = '') =>
      state.split(' ').some((active) => active === path || active.startsWith(`${path}.`));
    for (const element of view.querySelectorAll<SVGElement>('[data-state]'))
      element.classList.toggle('active', isActive(element.dataset['state']));
    for (const element of view.querySelectorAll<SVGElement>('[data-key]'))
      element.classList.toggle('taken', taken.includes(element.dataset['key'] ?? ''));
    clearTimeout(scrolling);
    // Scrolls only after the state changed: the user may have scrolled to another part of the chart.
    if (state === scrolledTo) return;
    scrolling = setTimeout(() => {
      scrolledTo = state;
      scrollIntoView(view, reducedMotion.matches ? 'auto' : 'smooth');
    }, scrollDelay);
  }

  function play(): void {
    const step = queue.shift();
    isPlaying = step !== undefined;
    if (step === undefined) return;
    highlight(step[1], step[2]);
    setTimeout(play, stepDelay);
  }

  /** Shows the state and the steps in the data of `chart-now`. */
  return (now: HTMLElement | null): void => {
    if (now === null) return;
    const { show = '', state = '', trail = '[]' } = now.dataset;
    const steps = JSON.parse(trail) as typeof queue;
    const last = steps.at(-1);
    if (show !== shown || document.querySelector('#chart-view .active') === null) {
      [shown, scrolledTo, queue] = [show, '', []];
      highlight(state, last?.[2] ?? []);
    } else {
      const added = steps.filter(([seq]) => seq > lastSeq);
      queue = [...queue, ...added].slice(reducedMotion.matches ? -1 : -maxSteps);
      if (!isPlaying) play();
    }
    lastSeq = last?.[0] ?? 0;
  };
}
