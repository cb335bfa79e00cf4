/** Maximum size of a handed-in image, in bytes. */
export interface ArchiveLimits {
  /** The archive as it is handed in. */
  imageBytes: number;
  /** The unpacked size: of an archive that is compressed as a whole, and of all layers together. */
  unpackedBytes: number;
}

export const maxEntries = 10_000;
export const maxNameLength = 512;
