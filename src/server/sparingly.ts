/**
 * Lets something be said at most once per interval and key, so that a flood of requests is no flood of lines.
 * What is said gets the number of times it was left out since.
 *
 * @param interval milliseconds
 */
export function sparingly(interval: number, now: () => number = () => performance.now()) {
  const last = new Map<string, { at: number; unsaid: number }>();
  return (key: string, say: (unsaid: number) => void): void => {
    const before = last.get(key);
    if (before && now() - before.at < interval) {
      before.unsaid += 1;
      return;
    }
    last.set(key, { at: now(), unsaid: 0 });
    say(before?.unsaid ?? 0);
  };
}
