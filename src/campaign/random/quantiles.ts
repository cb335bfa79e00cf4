/** The value that one, five and nine in ten outcomes stay below. */
export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

/**
 * Quantiles with linear interpolation between the sorted values. `random draws`: the next draw falls below the k-th of n
 * values with probability k / (n + 1). `equal parts`: each value is the middle of an equal part of what may happen.
 */
export function quantilesOf(
  values: readonly number[],
  from: 'random draws' | 'equal parts',
  rounded = (value: number): number => value,
): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const rank = from === 'random draws' ? share * (sorted.length + 1) - 1 : share * sorted.length - 0.5;
    const index = Math.min(sorted.length - 1, Math.max(0, rank));
    const below = sorted[Math.floor(index)] ?? Number.NaN;
    const above = sorted[Math.ceil(index)] ?? Number.NaN;
    return rounded(below + (above - below) * (index - Math.floor(index)));
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
