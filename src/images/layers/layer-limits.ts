/** The most layers an image may have: overlay file systems mount no more. */
export const maxLayers = 127;

/** The most entries of one layer. */
export const maxLayerEntries = 2_000_000;
