/** Probed submissions of one base image: how many saturated the device, and how many did not. */
export interface BaseImageRecord {
  saturating: number;
  measured: number;
}

/** After this many saturating probes of one base image, another one adds no information. */
export const minSaturatingProbes = 10;

/**
 * Some frameworks allocate the whole device whatever they need, in every submission built on them; probes of those measure
 * nothing. One probe that does not saturate shows that the submissions decide, so its base is probed from then on.
 */
export const isProbeUseless = ({ saturating, measured }: BaseImageRecord): boolean =>
  measured === 0 && saturating >= minSaturatingProbes;
