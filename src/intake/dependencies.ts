import type { CodeOf } from '../campaign/pseudonyms/assign-pseudonyms.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets } from '../settings.ts';

/** Where campaigns are uploaded to, and how progress is reported. */
export interface IntakeDependencies {
  store: ObjectStore;
  buckets: Buckets;
  /** Prints a line of progress. */
  report: (line: string) => void;
  /** Makes the key that signs what `verify` finds of a campaign; returns the public key as PEM. Absent: there is none. */
  recordKey?: (campaign: string) => string;
  /** Makes pseudonyms for rows that are added to a campaign with pseudonyms. Absent: there are no such campaigns. */
  pseudonymCodes?: CodeOf;
  /** Makes the key for which outputs and logs of a campaign are sealed; returns the recipient. Absent: they stay plain. */
  sealFor?: (campaign: string) => Promise<string>;
}
