import type { Readable } from 'node:stream';

/** Where the objects of a campaign are read from: an {@link ObjectStore}, or a copy of its buckets. */
export interface RecordSource {
  /** All keys under a prefix. */
  list(bucket: string, prefix: string): AsyncIterable<string>;
  /** The same with the size of each object in bytes. */
  listSizes(bucket: string, prefix: string): AsyncIterable<{ key: string; bytes: number }>;
  /** The object's bytes; undefined if there is no such object. */
  find(bucket: string, key: string): Promise<Buffer | undefined>;
  /** The object as a stream. Throws OBJECT_MISSING. */
  stream(bucket: string, key: string): Promise<Readable>;
}
