/** Formatters are expensive to create, and there is one locale. */
const formatters = new Map<string, ReturnType<typeof createFormatters>>();

function createFormatters(locale: string) {
  const format = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  return {
    whole: format({ maximumFractionDigits: 0 }),
    tenths: format({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    percent: format({ style: 'percent', maximumFractionDigits: 0 }),
  };
}

function formattersFor(locale: string) {
  const found = formatters.get(locale) ?? createFormatters(locale);
  formatters.set(locale, found);
  return found;
}

/** `4` or `1.3`: with no decimal, or with one. */
export function formatNumber(value: number, decimals: 0 | 1, locale: string | undefined): string {
  if (locale === undefined) return value.toFixed(decimals);
  const { whole, tenths } = formattersFor(locale);
  return (decimals === 0 ? whole : tenths).format(value);
}

/** `42%`, of a whole percent. */
export function formatPercent(percent: number, locale: string | undefined): string {
  return locale === undefined ? `${percent}%` : formattersFor(locale).percent.format(percent / 100);
}

/** `20,000`: a whole number with its thousands separated. */
export const formatCount = (count: number, locale: string | undefined): string =>
  formattersFor(locale ?? 'en').whole.format(count);
