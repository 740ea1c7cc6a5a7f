/** Units of sizes: powers of 1000 (kB, MB, GB), or of 1024 (KiB, MiB, GiB) as in qBittorrent's WebUI. */
export type Units = 'decimal' | 'binary';

/** How numbers and times are written, on cards and on the page. */
export interface FormatOptions {
  /** IANA name or offset. Default: the system's. */
  timeZone?: string | undefined;
  /** BCP 47 language tag. Default: numbers as in `1.3`, times as in `23 Nov 14:32`, whatever the system's language is. */
  locale?: string | undefined;
  /** Default: `decimal`. */
  units?: Units | undefined;
}

/** Only these options, for example of the configuration. */
export const formatOptionsOf = ({ timeZone, locale, units }: FormatOptions): FormatOptions => ({
  timeZone,
  locale,
  units,
});
