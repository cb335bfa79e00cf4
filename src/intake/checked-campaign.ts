import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import type { Expectation } from '../campaign/planning/knowledge.ts';

/** An object or, with a key that ends in `/`, a folder in S3, used as it is. */
export interface S3Location {
  kind: 's3';
  bucket: string;
  key: string;
}

/** An absolute path on this machine; it is uploaded at start. */
export interface LocalPath {
  kind: 'local';
  path: string;
}

/** Where an image lies as it was handed in: an archive, or a registry reference that starts with `docker://`. */
export type ImageLocation = { kind: 'archive'; path: string } | S3Location | { kind: 'registry'; reference: string };

/** A row of the submissions file. */
export interface CheckedSubmission {
  submission: string;
  team: string;
  teamName: string;
  /** ISO instant. */
  submittedAt: string;
  image: ImageLocation;
  publicScore?: number;
  /** In the place of the campaign's. */
  args?: string[];
  command?: string[];
}

/** The campaign file as it will be frozen, defaults filled in, before anything was uploaded. */
export interface CheckedCampaign extends Omit<
  FrozenCampaign,
  'version' | 'testSet' | 'sampleSet' | 'labels' | 'manifest'
> {
  testSet: LocalPath | S3Location;
  /** Absent: submissions are not probed. */
  sampleSet?: LocalPath | S3Location;
  labels: LocalPath | S3Location;
  /** In the order of the file. */
  submissions: CheckedSubmission[];
  /** What is known before any probe, for `plan`; no part of the frozen campaign. */
  expect?: Expectation;
}
