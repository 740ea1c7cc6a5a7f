/** The few statistics that the figures are told by. */

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The share of numbers that lie at or below the result; between two of them it is interpolated. `NaN` of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

/** How far the runs lie apart, as a share of their median. */
export function spread(numbers: readonly number[]): number {
  const middle = median(numbers);
  return middle === 0 ? 0 : (Math.max(...numbers) - Math.min(...numbers)) / middle;
}
