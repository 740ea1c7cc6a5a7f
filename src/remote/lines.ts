/**
 * Splits a stream of text into lines. A line that is too long is counted and skipped up to its end, without keeping it.
 *
 * @param maxLength characters of a line
 * @returns receives the pieces of the stream
 */
export function splitLines(
  maxLength: number,
  { onLine, onLongLine }: { onLine: (line: string) => void; onLongLine: () => void },
): (piece: string) => void {
  /** The beginning of a line whose end has not arrived; `null` if it is too long already. */
  let start: string | null = '';
  return (piece) => {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      if (start === null || start.length + end - from > maxLength) onLongLine();
      else onLine(start + piece.slice(from, end));
      start = '';
      from = end + 1;
    }
    const isLong = start === null || start.length + piece.length - from > maxLength;
    start = isLong ? null : start + piece.slice(from);
  };
}
