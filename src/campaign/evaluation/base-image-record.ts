/** Of the submissions on one base image that were probed: how many saturated the device, and how many did not. */
export interface BaseImageRecord {
  saturating: number;
  measured: number;
}

/** After so many saturating probes on a base, one more teaches nothing. */
export const minSaturatingProbes = 10;

/**
 * A framework that takes the whole device whatever it needs does so in every submission built on it. One that did not
 * saturate ends the rule for its base for good: there the submission decides, and so a probe can teach something. Pure.
 */
export const isProbeUseless = ({ saturating, measured }: BaseImageRecord): boolean =>
  measured === 0 && saturating >= minSaturatingProbes;
