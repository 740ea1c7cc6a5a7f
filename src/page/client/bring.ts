/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Scrolls what is lit deepest into sight, unless it is there already, with some room around it. */
export function scrollIntoView(view: Element, behavior: ScrollBehavior): void {
  const room = 40;
  const active = Array.from(view.querySelectorAll('.active')).at(-1);
  if (active === undefined) return;
  const [frame, box] = [view.getBoundingClientRect(), active.getBoundingClientRect()];
  const isInside =
    box.top >= frame.top + room &&
    box.bottom <= frame.bottom - room &&
    box.left >= frame.left + room &&
    box.right <= frame.right - room;
  if (isInside) return;
  view.scrollTo({
    left: view.scrollLeft + box.left + box.width / 2 - frame.left - frame.width / 2,
    top: view.scrollTop + box.top + box.height / 2 - frame.top - frame.height / 2,
    behavior,
  });
}
