import type { Quantiles } from '../../src/campaign/random/quantiles.ts';
import { quantile } from './results.ts';

/** A forecast beside the truth; `left`: how much of it was still to come when the forecast was made. */
export interface Judged {
  said: Quantiles;
  truth: number;
  left: number;
}

/** How far forecasts can be trusted. Shares from 0 to 1. */
export interface Calibration {
  checks: number;
  /** Shares of the truths: a calibrated forecast has 0.8, 0.1, 0.5, 0.9 and 0.4 here. */
  within80: number;
  belowP10: number;
  upToP50: number;
  upToP90: number;
  withinP50P90: number;
  /** Medians, as shares of what was still to come: from P10 to P90, from P50 to P90, and from P50 to the truth. */
  width: number;
  upperWidth: number;
  error: number;
}

/** Counts where the truths lie in their forecasts. */
export function calibrationOf(judged: readonly Judged[]): Calibration {
  const share = (holds: (one: Judged) => boolean): number => judged.filter(holds).length / judged.length;
  const median = (of: (one: Judged) => number): number => {
    const ofLeft = judged.filter(({ left }) => left > 0).map((one) => of(one) / one.left);
    return quantile(ofLeft, 0.5);
  };
  return {
    checks: judged.length,
    within80: share(({ said, truth }) => said.p10 <= truth && truth <= said.p90),
    belowP10: share(({ said, truth }) => truth < said.p10),
    upToP50: share(({ said, truth }) => truth <= said.p50),
    upToP90: share(({ said, truth }) => truth <= said.p90),
    withinP50P90: share(({ said, truth }) => said.p50 <= truth && truth <= said.p90),
    width: median(({ said }) => said.p90 - said.p10),
    upperWidth: median(({ said }) => said.p90 - said.p50),
    error: median(({ said, truth }) => Math.abs(said.p50 - truth)),
  };
}
