/**
 * The share of runs that must succeed on a cheap class so that starting there pays. A failed run costs the share
 * `failedShare` of its expected cost, and the expensive run follows. So the cheap class pays while
 * p·c + (1 − p)·(f·c + d) < d, that is p > f·r ÷ (1 − r + f·r) with r = c ÷ d.
 *
 * `costRatio` is r, the cost of the run on the cheap class divided by its cost on the expensive one: the ratio of prices
 * times the inverse ratio of speeds. At AWS's list prices, g4dn.xlarge ($0.526 an hour) takes 90,000 hours for the work that
 * p3.2xlarge ($3.06) does in 42,000: r = 0.37. If runs fail at their very end, 37 % must succeed.
 */
export function breakEvenSuccess(costRatio: number, failedShare: number): number {
  if (costRatio >= 1) return 1;
  const failed = failedShare * costRatio;
  return failed / (1 - costRatio + failed);
}
