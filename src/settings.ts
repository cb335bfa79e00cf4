import { holdoutError } from './errors.ts';
import { metricsAddressFrom, type MetricsAddress } from './metrics/metrics-address.ts';
import { embeddedTimings, remoteTimings, type Timings } from './timings.ts';

/**
 * Settings of a process, read from the environment at its start. The embedded stack sets all of them for its processes; on AWS
 * the defaults below apply.
 */
export interface Settings {
  /** Buckets are named `<bucketPrefix>holdout-inputs` and so on. */
  bucketPrefix: string;
  /** Account id of the buckets' owner, which S3 checks with every request. */
  bucketOwner?: string;
  /** Whether requests name the bucket in the path (local S3 servers) or in the host name (AWS). */
  s3PathStyle: boolean;
  /** Skopeo destination of the private image store without tag: `oci:<folder>` or `docker://<registry>/<repository>`. */
  imageStore: string;
  /** What happens to images in which ECR's scan finds vulnerabilities. */
  imageScan: ScanRule;
  /** Job definitions are named `<jobDefinition>-<class>`. */
  jobDefinition: string;
  /** The file with the keys that seal Temporal's payloads; without one they are plain. */
  codecKeys?: string;
  /** The folder with the identities that open sealed outputs and logs. */
  sealKeys?: string;
  /** The age recipient for whom new campaigns are sealed; without one, the first start makes a key pair. */
  sealRecipient?: string;
  /** Where a worker serves its metrics; without one, nowhere. */
  metrics?: MetricsAddress;
  /** The OTLP/HTTP endpoint that gets a worker's traces; without one, there are none. */
  traces?: string;
  timings: Timings;
}

/** `off`: no scan is read; `report`: findings are shown; `refuse-critical`: and critical ones end the submission. */
const scanRules = ['off', 'report', 'refuse-critical'] as const;
export type ScanRule = (typeof scanRules)[number];

/**
 * Reads the settings from HOLDOUT_* variables. Throws SETTING_INVALID, SEAL_RECIPIENT_INVALID, BUCKET_PREFIX_MISSING,
 * BUCKET_OWNER_MISSING or BUCKET_OWNER_INVALID.
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const ofBuckets = bucketSettings(env);
  return {
    ...ofBuckets,
    s3PathStyle: env['HOLDOUT_S3_PATH_STYLE'] === '1',
    imageStore: env['HOLDOUT_IMAGE_STORE'] ?? '',
    imageScan: scanRuleFrom(env['HOLDOUT_IMAGE_SCAN'] ?? 'report'),
    jobDefinition: env['HOLDOUT_JOB_DEFINITION'] ?? `${ofBuckets.bucketPrefix}holdout-runner`,
    ...(env['HOLDOUT_CODEC_KEYS'] && { codecKeys: env['HOLDOUT_CODEC_KEYS'] }),
    ...(env['HOLDOUT_SEAL_KEYS'] && { sealKeys: env['HOLDOUT_SEAL_KEYS'] }),
    ...sealRecipientFrom(env['HOLDOUT_SEAL_RECIPIENT']),
    ...(env['HOLDOUT_METRICS'] && { metrics: metricsAddressFrom(env['HOLDOUT_METRICS']) }),
    ...tracesFrom(env['HOLDOUT_TRACES']),
    timings: env['HOLDOUT_STACK'] === 'embedded' ? embeddedTimings : remoteTimings,
  };
}

/**
 * Bucket names are global in AWS, and `holdout-labels` may belong to a stranger. So a process that uses the operator's own AWS
 * account needs a prefix and the account that owns the buckets; S3 servers elsewhere have names of their own.
 */
function bucketSettings(env: NodeJS.ProcessEnv): Pick<Settings, 'bucketPrefix' | 'bucketOwner'> {
  const bucketPrefix = env['HOLDOUT_BUCKET_PREFIX'] ?? '';
  const owner = env['HOLDOUT_BUCKET_OWNER'] ?? '';
  if (owner !== '' && !/^\d{12}$/.test(owner)) throw holdoutError('BUCKET_OWNER_INVALID', { given: owner });
  const isAws = !env['AWS_ENDPOINT_URL_S3'] && !env['AWS_ENDPOINT_URL'];
  if (env['HOLDOUT_STACK'] === 'remote' && isAws) {
    if (bucketPrefix === '') throw holdoutError('BUCKET_PREFIX_MISSING', {});
    if (owner === '') throw holdoutError('BUCKET_OWNER_MISSING', {});
  }
  return { bucketPrefix, ...(owner !== '' && { bucketOwner: owner }) };
}

function sealRecipientFrom(given = ''): Pick<Settings, 'sealRecipient'> {
  if (given === '') return {};
  // 32 bytes in bech32 with their checksum, which sealing verifies.
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(given)) throw holdoutError('SEAL_RECIPIENT_INVALID', { given });
  return { sealRecipient: given };
}

/** An address without a path gets the usual one. */
function tracesFrom(given = ''): Pick<Settings, 'traces'> {
  if (given === '') return {};
  if (!URL.canParse(given) || !/^https?:/.test(given)) {
    const allowed = ['the address of an OTLP/HTTP collector such as http://127.0.0.1:4318'];
    throw holdoutError('SETTING_INVALID', { name: 'HOLDOUT_TRACES', value: given, allowed });
  }
  const url = new URL(given);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return { traces: url.href };
}

function scanRuleFrom(value: string): ScanRule {
  const rule = scanRules.find((known) => known === value);
  if (rule === undefined)
    throw holdoutError('SETTING_INVALID', { name: 'HOLDOUT_IMAGE_SCAN', value, allowed: scanRules });
  return rule;
}

/** Where Temporal's configuration looks if it names no address. */
export const defaultTemporalAddress = 'localhost:7233';

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
