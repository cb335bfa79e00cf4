import type { Quantiles } from '../../src/campaign/random/quantiles.ts';
import { quantile } from './results.ts';

/** A forecast and the actual value; `left`: the part of it that remained when the forecast was made. */
export interface Judged {
  predicted: Quantiles;
  actual: number;
  left: number;
}

/** How reliable forecasts are. Shares from 0 to 1. */
export interface Calibration {
  checks: number;
  /** Shares of the actual values: 0.8, 0.1, 0.5, 0.9 and 0.4 for a calibrated forecast. */
  within80: number;
  belowP10: number;
  upToP50: number;
  upToP90: number;
  withinP50P90: number;
  /** Medians, as shares of the remaining part: from P10 to P90, from P50 to P90, and from P50 to the actual value. */
  width: number;
  upperWidth: number;
  error: number;
}

/** Counts where the actual values lie within their forecasts. */
export function calibrationOf(judged: readonly Judged[]): Calibration {
  const share = (holds: (one: Judged) => boolean): number => judged.filter(holds).length / judged.length;
  const median = (of: (one: Judged) => number): number => {
    const ofLeft = judged.filter(({ left }) => left > 0).map((one) => of(one) / one.left);
    return quantile(ofLeft, 0.5);
  };
  return {
    checks: judged.length,
    within80: share(({ predicted, actual }) => predicted.p10 <= actual && actual <= predicted.p90),
    belowP10: share(({ predicted, actual }) => actual < predicted.p10),
    upToP50: share(({ predicted, actual }) => actual <= predicted.p50),
    upToP90: share(({ predicted, actual }) => actual <= predicted.p90),
    withinP50P90: share(({ predicted, actual }) => predicted.p50 <= actual && actual <= predicted.p90),
    width: median(({ predicted }) => predicted.p90 - predicted.p10),
    upperWidth: median(({ predicted }) => predicted.p90 - predicted.p50),
    error: median(({ predicted, actual }) => Math.abs(predicted.p50 - actual)),
  };
}
