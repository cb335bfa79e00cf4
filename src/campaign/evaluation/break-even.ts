/**
 * The share of runs that must succeed on a cheap class for it to pay to try it before a dear one. A try that fails costs the
 * share `failedShare` of its expected cost and is followed by the dear run; so it pays while
 * p·c + (1 − p)·(f·c + d) < d, that is p > f·r ÷ (1 − r + f·r) with r = c ÷ d.
 *
 * `costRatio` is r: what the run costs on the cheap class, in shares of what it costs on the dear one. That is the ratio of
 * prices times the inverse ratio of speeds: at AWS's list prices g4dn.xlarge ($0.526 an hour) takes 90,000 hours for what
 * p3.2xlarge ($3.06) does in 42,000, r = 0.37. A failure at the very end is then made good by 37 % of successes. Pure.
 */
export function breakEvenSuccess(costRatio: number, failedShare: number): number {
  if (costRatio >= 1) return 1;
  const failed = failedShare * costRatio;
  return failed / (1 - costRatio + failed);
}
