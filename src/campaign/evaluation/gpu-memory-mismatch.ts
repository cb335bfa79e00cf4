/** Drivers differ by up to 2 % on the same GPU, as some count reserved memory: 15109 or 15360 MiB. */
const deviceTolerance = 0.03;

/** Whether the campaign file states another GPU memory for a class than its GPU has. Both in MiB. */
export const isMisstated = (statedMiB: number, measuredMiB: number): boolean =>
  Math.abs(measuredMiB - statedMiB) > deviceTolerance * statedMiB;
