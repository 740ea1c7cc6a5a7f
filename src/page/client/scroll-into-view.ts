/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Scrolls the innermost active state into view, unless it is visible already with a margin. */
export function scrollIntoView(view: Element, behavior: ScrollBehavior): void {
  const margin = 40;
  const active = Array.from(view.querySelectorAll('.active')).at(-1);
  if (active === undefined) return;
  const [frame, box] = [view.getBoundingClientRect(), active.getBoundingClientRect()];
  const isInside =
    box.top >= frame.top + margin &&
    box.bottom <= frame.bottom - margin &&
    box.left >= frame.left + margin &&
    box.right <= frame.right - margin;
  if (isInside) return;
  view.scrollTo({
    left: view.scrollLeft + box.left + box.width / 2 - frame.left - frame.width / 2,
    top: view.scrollTop + box.top + box.height / 2 - frame.top - frame.height / 2,
    behavior,
  });
}
