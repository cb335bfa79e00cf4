import type { CheckedCampaign, ImageLocation } from '../../../intake/checked-campaign.ts';
import { ecrHostOf, hostOf } from '../../../registry/ecr-host.ts';
import type { Buckets, ScanRule } from '../../../settings.ts';

/** The programs of a campaign that call AWS; the scorer is the worker of the queue `score`. */
export type CallingProgram = 'start' | 'status' | 'worker' | 'runner' | 'scorer';

/** A row of `start --dry-run`: which program makes which call on which resource, and how often. */
export interface PlannedCall {
  by: CallingProgram;
  /** `batch:SubmitJob`: the service, and the operation as its API names it. */
  call: string;
  resource: string;
  count: string;
}

/** What the calls depend on beside the campaign file. */
export interface PlannedUse {
  buckets: Buckets;
  /** Prefix of the job definitions. */
  definitions: string;
  /** Whether the start registers job definitions (HOLDOUT_RUNNER_IMAGE). */
  registers: boolean;
  imageStore: string;
  imageScan: ScanRule;
  /** Whether STS, IAM and the like are there to be asked. */
  hasAccount: boolean;
  /** Whether payloads are sealed (HOLDOUT_CODEC_KEYS), with a list of the keys in the results bucket. */
  sealsPayloads: boolean;
  /** Files of the test set and of the sample set on this machine; undefined for one that is in S3 already. */
  inputFiles: { testSet: number | undefined; sampleSet: number | undefined };
}

/** A row without its program. */
export type CallOfProgram = Omit<PlannedCall, 'by'>;

/** Several operations on one resource, each so often. */
export const callsOn = (resource: string, counts: Record<string, string>): CallOfProgram[] =>
  Object.entries(counts).map(([call, count]) => ({ call, resource, count }));

/** The calls of an upload whose size is not known before; `files`: how many there are, in words. */
export const uploadsTo = (resource: string, files: string, partsFrom: string): CallOfProgram[] =>
  callsOn(resource, {
    's3:PutObject': files,
    's3:CreateMultipartUpload': `1 per file over ${partsFrom}`,
    's3:UploadPart': `1 per part of a file over ${partsFrom}`,
    's3:CompleteMultipartUpload': `1 per file over ${partsFrom}`,
  });

export const isInEcr = (reference: string): boolean => ecrHostOf(hostOf(reference) ?? '') !== undefined;

/** How many submissions have an image of this kind. */
export const imagesAt = ({ submissions }: CheckedCampaign, kind: ImageLocation['kind']): number =>
  submissions.filter(({ image }) => image.kind === kind).length;

/** Submissions whose image is handed in by a reference to a repository of ECR. */
export const countInEcr = ({ submissions }: CheckedCampaign): number =>
  submissions.filter(({ image }) => image.kind === 'registry' && isInEcr(image.reference)).length;

/** The Batch queues of the classes, each once. */
export const queuesOf = ({ instanceClasses }: CheckedCampaign): string[] => [
  ...new Set(instanceClasses.map(({ queue }) => queue)),
];

/** Fewest runs: a probe, if there is a sample set, and one evaluation each. Most: also every retry that the limits allow. */
export function runsOf({ submissions, sampleSet, limits }: CheckedCampaign): { least: number; most: number } {
  const probes = sampleSet === undefined ? 0 : 1;
  const { attempts, platformRuns } = limits;
  return {
    least: submissions.length * (probes + 1),
    most: submissions.length * (probes + attempts + platformRuns),
  };
}
