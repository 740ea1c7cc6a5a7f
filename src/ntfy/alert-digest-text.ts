/** The texts of a card that shows many alerts of one kind. */
import type { Alert } from '../../machines/domain.ts';

const isOne = (count: number): boolean => count === 1;
const downloads = (count: number): string => (isOne(count) ? '1 download' : `${count} downloads`);

const TITLES: Readonly<Record<Alert, (count: number) => string>> = {
  stalled: (count) => `${downloads(count)} ${isOne(count) ? 'is' : 'are'} stalled`,
  metadata: (count) => `${downloads(count)} ${isOne(count) ? 'has' : 'have'} no metadata`,
  failed: (count) => `${downloads(count)} ${isOne(count) ? 'has' : 'have'} an error`,
  crashing: (count) => `Tracking ${downloads(count)} keeps failing`,
};

const ALL_CLEAR_TITLES: Readonly<Record<Alert, string>> = {
  stalled: 'No download is stalled any more',
  metadata: 'No download is without metadata any more',
  failed: 'No download has an error any more',
  crashing: 'All downloads are tracked again',
};

const ADVICE: Readonly<Record<Alert, string>> = {
  stalled: 'They receive no data.',
  metadata: 'The magnets may have no peers.',
  failed: 'Files are missing or the disk is full. See qBittorrent.',
  crashing: 'See the log of the sidecar.',
};

/** `20 downloads have an error`, or the all-clear. */
export const alertDigestTitle = (alert: Alert, count: number): string =>
  count === 0 ? ALL_CLEAR_TITLES[alert] : TITLES[alert](count);

/** The line before the names, or the text of the all-clear. */
export const alertDigestAdvice = (alert: Alert, count: number): string =>
  count === 0 ? 'Each has recovered, or was removed.' : ADVICE[alert];
