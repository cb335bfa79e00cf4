import { holdoutError } from './errors.ts';
import { embeddedTimings, remoteTimings, type Timings } from './timings.ts';

/**
 * Settings of a process, read from the environment at its start. The embedded stack sets all of them for its processes; on AWS
 * the defaults below apply.
 */
export interface Settings {
  /** Buckets are named `<bucketPrefix>holdout-inputs` and so on. */
  bucketPrefix: string;
  /** Whether requests name the bucket in the path (local S3 servers) or in the host name (AWS). */
  s3PathStyle: boolean;
  /** Skopeo destination of the private image store without tag: `oci:<folder>` or `docker://<registry>/<repository>`. */
  imageStore: string;
  /** What happens to images in which ECR's scan finds vulnerabilities. */
  imageScan: ScanRule;
  jobDefinition: string;
  timings: Timings;
}

/** `off`: no scan is read; `report`: findings are shown; `refuse-critical`: and critical ones end the submission. */
export const scanRules = ['off', 'report', 'refuse-critical'] as const;
export type ScanRule = (typeof scanRules)[number];

/** Reads the settings from HOLDOUT_* variables. Throws SETTING_INVALID. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  return {
    bucketPrefix: env['HOLDOUT_BUCKET_PREFIX'] ?? '',
    s3PathStyle: env['HOLDOUT_S3_PATH_STYLE'] === '1',
    imageStore: env['HOLDOUT_IMAGE_STORE'] ?? '',
    imageScan: scanRuleFrom(env['HOLDOUT_IMAGE_SCAN'] ?? 'report'),
    jobDefinition: env['HOLDOUT_JOB_DEFINITION'] ?? 'holdout-runner',
    timings: env['HOLDOUT_STACK'] === 'embedded' ? embeddedTimings : remoteTimings,
  };
}

function scanRuleFrom(value: string): ScanRule {
  const rule = scanRules.find((known) => known === value);
  if (rule === undefined)
    throw holdoutError('SETTING_INVALID', { name: 'HOLDOUT_IMAGE_SCAN', value, allowed: scanRules });
  return rule;
}

/** The full names of the five buckets. */
export function bucketsOf(settings: Pick<Settings, 'bucketPrefix'>): Buckets {
  const named = (name: string): string => `${settings.bucketPrefix}holdout-${name}`;
  return {
    inputs: named('inputs'),
    labels: named('labels'),
    images: named('images'),
    runs: named('runs'),
    results: named('results'),
  };
}

export interface Buckets {
  inputs: string;
  labels: string;
  images: string;
  runs: string;
  results: string;
}
