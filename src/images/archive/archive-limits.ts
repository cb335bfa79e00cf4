/** How large a handed-in image may be, in bytes. */
export interface ArchiveLimits {
  /** The archive as it is handed in. */
  imageBytes: number;
  /** What the archive unpacks to where it is compressed as a whole, and all layers together. */
  unpackedBytes: number;
}
