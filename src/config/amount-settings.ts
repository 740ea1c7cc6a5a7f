/** How many notifications there are: how progress is shown, and what is grouped. */
import { PROGRESS_MODES } from '../../machines/policy.ts';
import { about } from './about.ts';
import * as v from './values.ts';

export const amountSettings = {
  PROGRESS: v
    .oneOf(PROGRESS_MODES, new Map([['live', 'cards']]))
    .prefault('auto')
    .meta(
      about(
        '`cards`: one card per torrent, updated in place; `summary`: one card that lists all torrents that download; ' +
          '`milestones`: messages at 25, 50 and 75 % (for iPhones, which do not update cards); `none`: no progress; ' +
          '`auto`: `cards`, or `summary` while many torrents download, if the ntfy server supports updates; otherwise ' +
          '`milestones`',
        'milestones',
      ),
    ),
  SUMMARY_FROM: v.threshold
    .prefault('8')
    .meta(
      about(
        'with `PROGRESS=auto`: while more than this many torrents download, one summary card replaces their cards; 1 to ' +
          '1000, or `never`',
        '20',
      ),
    ),
  DIGEST_FROM: v.threshold
    .prefault('4')
    .meta(
      about(
        'from this many completions within a minute, or alerts within ten seconds, on they are grouped in one card; 1 to ' +
          '1000, or `never`',
        '10',
      ),
    ),
};
