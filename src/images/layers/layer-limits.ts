/** The most layers an image may have: overlay file systems mount no more. */
export const maxLayers = 127;

/** The most entries of one layer. */
export const maxLayerEntries = 2_000_000;

/** The most files and folders of an image: machine-learning images have about 300,000; one takes about 24 bytes plus its name. */
export const maxNodes = 2_500_000;

/** Bytes of all names and link targets of an image. */
export const maxStoredBytes = 96 * 2 ** 20;

/** Links on the way to a file: the kernel's limit. */
export const maxPathLinks = 40;

/** Steps through all paths and links of an image. Real images need ten per file. */
export const maxTreeSteps = 10_000_000;
