import { formatNumber } from './number.ts';
import type { FormatOptions } from './options.ts';

/** `[████░░░░░░]`: full only at 100 %. */
export function progressBar(percent: number, length = 10): string {
  const filled = Math.min(length, Math.max(0, Math.floor((percent * length) / 100)));
  return `[${'█'.repeat(filled)}${'░'.repeat(length - filled)}]`;
}

const UNITS = {
  decimal: { step: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] },
  binary: { step: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] },
};

/**
 * `1.3 GB`. By default in decimal units, as on a disk's label (1 MB is 1,000,000 bytes); in binary units as in
 * qBittorrent's WebUI (1 MiB is 1,048,576 bytes).
 */
export function formatSize(
  bytes: number,
  { units = 'decimal', locale }: Pick<FormatOptions, 'units' | 'locale'> = {},
): string {
  const { step, names } = UNITS[units];
  let value = Math.max(0, bytes);
  let unit = 0;
  // What would be rounded up to a whole step belongs to the next unit.
  while (value >= step - 0.5 && unit < names.length - 1) {
    value /= step;
    unit += 1;
  }
  // No digit after the point for bytes and from 100 on, otherwise one: 0.9 to 99.9.
  const decimals = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${formatNumber(value, decimals, locale)} ${names[unit]}`;
}

/** `12m 30s`: the two largest units that are not 0. `∞` if unknown. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '∞';
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join(' ');
}

const LONG_UNITS: Readonly<Record<string, string>> = { d: 'day', h: 'hour', m: 'minute', s: 'second' };

/** `30 minutes`, `1 hour 30 minutes`: as `formatDuration`, in words. */
export function formatLongDuration(seconds: number): string {
  return formatDuration(seconds).replaceAll(
    /(\d+)([dhms])/g,
    (_, value: string, unit: string) => `${value} ${LONG_UNITS[unit]}${value === '1' ? '' : 's'}`,
  );
}
