import type { FrozenCampaign, Pseudonym } from '../campaign/model/frozen-campaign.ts';
import type { Expectation } from '../campaign/planning/knowledge.ts';

/** An object in S3, or a folder if the key ends in `/`. */
export interface S3Location {
  kind: 's3';
  bucket: string;
  key: string;
}

/** An absolute path on this machine; uploaded at the start. */
export interface LocalPath {
  kind: 'local';
  path: string;
  /** What the check found there: the inputs, or the sha256 (hex) of the labels. Absent if it could not read them. */
  checked?: { names: readonly string[] } | { sha256: string };
}

/** Location of a submitted image: an archive, or a registry reference that starts with `docker://`. */
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
  /** Replaces the campaign's. */
  args?: string[];
  command?: string[];
  /** Given to the rows after they were checked, unless names are shown. */
  pseudonym?: Pseudonym;
}

/** A valid campaign file with all defaults, before the upload. */
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
  /** Expected durations and shares, for `plan` only; not part of the frozen campaign. */
  expect?: Expectation;
}
