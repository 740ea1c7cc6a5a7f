/** How times and numbers are written, on cards and on the page. */
import { about } from './about.ts';
import * as v from './values.ts';

export const formatSettings = {
  TZ: v.timeZone
    .optional()
    .meta(about("time zone for times of day; the system's if unset or invalid", 'Europe/Berlin')),
  LOCALE: v.locale
    .optional()
    .meta(
      about(
        'language of numbers and times (BCP 47); if unset, `1.3 GB` and `23 Nov 14:32`, whatever `LANG` is',
        'de-DE',
      ),
    ),
  UNITS: v
    .oneOf(['decimal', 'binary'])
    .prefault('decimal')
    .meta(
      about('`decimal`: kB, MB and GB; `binary`: KiB, MiB and GiB, as in the WebUI of qBittorrent', 'binary'),
    ),
};
