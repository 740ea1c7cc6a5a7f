/** The fields of templates in `RULES_FILE`, as `{{name}}`. The table in the documents is generated from this file. */

/** One field of a template. */
export interface TemplateField {
  /** What it is replaced with. */
  meaning: string;
  /** What is shown for it, with the default settings. */
  example: string;
}

/** All fields, in the order of the documents. A value that is unknown is shown as `?`. */
export const TEMPLATE_FIELDS = {
  name: { meaning: 'name of the torrent', example: 'debian-13.iso' },
  size: { meaning: 'size of the selected files', example: '4.2 GB' },
  downloaded: { meaning: 'data received so far', example: '1.8 GB' },
  percent: { meaning: 'progress in percent', example: '43' },
  speed: { meaning: 'download speed; of a completion: the average', example: '12 MB/s' },
  eta: { meaning: 'time until it is complete', example: '12m 30s' },
  duration: { meaning: 'time that it has been downloading', example: '7m 5s' },
  ratio: { meaning: 'share ratio', example: '0.3' },
  time: { meaning: 'time of day of the notification', example: '14:32' },
  finished: { meaning: 'time of day when it was complete', example: '14:30' },
  category: { meaning: 'category', example: 'films/4k' },
  tags: { meaning: 'tags, separated by commas', example: 'notify, large' },
  tracker: { meaning: 'host of the tracker', example: 'tracker.example.org' },
  path: { meaning: 'save path', example: '/downloads/films' },
  hash: { meaning: 'ID of the torrent in qBittorrent', example: '0123456789abcdef0123456789abcdef01234567' },
  rule: { meaning: 'name of the rule that applies', example: 'films' },
} as const satisfies Record<string, TemplateField>;

/** The name of a field. */
export type TemplateFieldName = keyof typeof TEMPLATE_FIELDS;

/** The names of all fields. */
export const TEMPLATE_FIELD_NAMES = Object.keys(TEMPLATE_FIELDS) as readonly TemplateFieldName[];

/** Matches one field; the name is the first group. Linear: the repetitions cannot match the same characters. */
export const TEMPLATE_FIELD_PATTERN = /\{\{ ?([A-Za-z]{1,32}) ?\}\}/g;
