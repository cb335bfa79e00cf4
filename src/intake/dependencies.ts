import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets } from '../settings.ts';

/** Where a campaign is handed in. */
export interface IntakeDependencies {
  store: ObjectStore;
  buckets: Buckets;
  /** A line for the person who waits. */
  report: (line: string) => void;
}
