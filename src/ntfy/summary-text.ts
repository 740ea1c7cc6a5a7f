/** The text of the summary of all downloads of a topic. */
import type { SummaryFigures, SummaryLine } from '../../machines/summary/types.ts';
import { formatTime } from '../format/clock.ts';
import { formatDuration, formatSize, progressBar } from '../format/figures.ts';
import { formatPercent } from '../format/number.ts';
import type { FormatOptions } from '../format/options.ts';
import { torrentName } from '../format/text.ts';
import { summaryAnswerText } from './answer-text.ts';

/** `12 downloads: 43%`: numbers only, so it is part of every form of the card. */
export function summaryTitle(
  { downloads, percent }: Pick<SummaryFigures, 'downloads' | 'percent'>,
  { locale }: FormatOptions = {},
): string {
  if (downloads === 0) return 'No downloads';
  return `${downloads} ${downloads === 1 ? 'download' : 'downloads'}: ${formatPercent(percent, locale)}`;
}

/**
 * UTF-8 bytes of all lines but the last, and of the same as JSON: ntfy accepts 4,095 and, for the whole request, 8,191.
 */
const MAX_BYTES = 3860;
const MAX_JSON_BYTES = 7400;
/** Characters of the bar of one download. */
const BAR_LENGTH = 5;

/**
 * All downloads in one line, then a line for each, as many as fit, then how many others there are.
 *
 * @param reserved UTF-8 bytes that the rest of the request needs
 */
export function summaryText(summary: SummaryFigures, format: FormatOptions, reserved = 0): string {
  const { downloads, lines } = summary;
  if (downloads === 0) return 'Nothing is being downloaded.';
  const shown: string[] = [];
  let [bytes, jsonBytes] = [0, 0];
  const above = [...answerLines(summary, format), totalLine(summary, format)];
  for (const line of [...above, ...lines.map((each) => lineOf(each, format))]) {
    bytes += Buffer.byteLength(line) + 1;
    jsonBytes += Buffer.byteLength(JSON.stringify(line));
    if (bytes > MAX_BYTES || jsonBytes > MAX_JSON_BYTES - reserved) break;
    shown.push(line);
  }
  const rest = downloads - (shown.length - above.length);
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

/** `debian.iso: Paused`. */
function answerLines({ answer, lines }: SummaryFigures, { locale }: FormatOptions): string[] {
  if (answer === undefined) return [];
  const { key, name } = answer;
  const percent = lines.find((line) => line.key === key)?.percent ?? null;
  return [`${torrentName(key, name, 'line')}: ${summaryAnswerText(answer, { percent, locale })}`];
}

/** `[████░░░░░░] 12.0 MB/s, ETA 1h 12m (14:32)`. */
function totalLine({ percent, speed, eta, at }: SummaryFigures, format: FormatOptions): string {
  const time = eta === null ? '' : ` (${formatTime(at / 1000 + eta, at, format)})`;
  return `${progressBar(percent)} ${formatSize(speed, format)}/s, ETA ${formatDuration(eta)}${time}`;
}

/** `[██░░░] 43% debian.iso`. */
const lineOf = ({ key, name, percent }: SummaryLine, { locale }: FormatOptions): string =>
  `${progressBar(percent, BAR_LENGTH)} ${formatPercent(percent, locale)} ${torrentName(key, name, 'line')}`;
