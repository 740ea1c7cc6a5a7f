/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * Lights the open chart: the state that the actor is in, the arrows that it took. Steps that came at once are played one
 * after the other, so that eyes can follow; where less motion is wanted, only the last.
 */
export function createHighlighter(
  calm: MediaQueryList,
  bring: (view: Element, behavior: ScrollBehavior) => void,
) {
  const pause = 300;
  const rest = 700;
  const most = 10;
  let shown = '';
  let brought = '';
  let played = 0;
  let queue: Array<[seq: number, state: string, taken: string[]]> = [];
  let isPlaying = false;
  let resting: ReturnType<typeof setTimeout> | undefined;

  function light(state: string, taken: readonly string[]): void {
    const view = document.getElementById('chart-view');
    if (view === null) return;
    const isActive = (path = '') =>
      state.split(' ').some((active) => active === path || active.startsWith(`${path}.`));
    for (const element of view.querySelectorAll<SVGElement>('[data-state]'))
      element.classList.toggle('active', isActive(element.dataset['state']));
    for (const element of view.querySelectorAll<SVGElement>('[data-key]'))
      element.classList.toggle('taken', taken.includes(element.dataset['key'] ?? ''));
    clearTimeout(resting);
    // Whoever reads another corner is left there until it rests in another state.
    if (state === brought) return;
    resting = setTimeout(() => {
      brought = state;
      bring(view, calm.matches ? 'auto' : 'smooth');
    }, rest);
  }

  function play(): void {
    const step = queue.shift();
    isPlaying = step !== undefined;
    if (step === undefined) return;
    light(step[1], step[2]);
    setTimeout(play, pause);
  }

  /** Takes what the server says of the chart. */
  return (now: HTMLElement | null): void => {
    if (now === null) return;
    const { show = '', state = '', trail = '[]' } = now.dataset;
    const steps = JSON.parse(trail) as typeof queue;
    const last = steps.at(-1);
    if (show !== shown || document.querySelector('#chart-view .active') === null) {
      [shown, brought, queue] = [show, '', []];
      light(state, last?.[2] ?? []);
    } else {
      queue = [...queue, ...steps.filter(([seq]) => seq > played)].slice(calm.matches ? -1 : -most);
      if (!isPlaying) play();
    }
    played = last?.[0] ?? 0;
  };
}
