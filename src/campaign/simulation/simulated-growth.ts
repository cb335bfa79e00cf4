import type { GrowthPoint } from '../model/run-outcome.ts';

/** Growth of the predictions file of a simulated run, which gains one row per item. */
export const simulatedGrowth = (startUpSeconds: number, seconds: number): GrowthPoint[] =>
  [0.25, 0.5, 0.75, 1].map((share) => ({ seconds: startUpSeconds + share * (seconds - startUpSeconds), share }));
