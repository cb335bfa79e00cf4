/** Maximum size of a handed-in image, in bytes. */
export interface ArchiveLimits {
  /** The archive as it is handed in. */
  imageBytes: number;
  /** The unpacked size: of an archive that is compressed as a whole, and of all layers together. */
  unpackedBytes: number;
}

export const maxEntries = 10_000;
export const maxNameLength = 512;

/** Headers before one entry: a global one, an extended one, and two of GNU tar for a long name and target. */
export const maxEntryHeaders = 4;

/** Maximum size of one manifest or configuration; real ones have a few kilobytes. */
export const jsonBytes = 4 * 2 ** 20;

/** Bytes of all JSON that is read from one archive. */
export const allJsonBytes = 8 * jsonBytes;

/** Longest chain of links; real archives have one link. */
export const maxArchiveLinks = 8;

/** Indexes inside one another, in an archive or a registry. */
export const maxIndexDepth = 8;
