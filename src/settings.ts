/**
 * Settings of a process, read once from the environment at its start. The embedded stack sets every one of them for the
 * processes it starts; on AWS the defaults below hold. Durations in milliseconds.
 */
export interface Settings {
  /** Buckets are named `<bucketPrefix>holdout-inputs` and so on. */
  bucketPrefix: string;
  /** S3 servers over a folder want the bucket in the path; AWS wants it in the host name. */
  s3PathStyle: boolean;
  /** Skopeo destination of the private image store without tag: `oci:<folder>` or `docker://<registry>/<repository>`. */
  imageStore: string;
  jobDefinition: string;
  timings: Timings;
}

export interface Timings {
  /** Between two DescribeJobs sweeps. */
  poll: number;
  awaitHeartbeatTimeout: number;
  submitHeartbeatTimeout: number;
  /** How long the list of jobs needs at most to show a job that was accepted. */
  listSettle: number;
  /** Between two looks for children whose report was lost. */
  reconcile: number;
  /** A step that no worker took for so long is reported. Images, of which few are copied at a time, may wait ten times as long. */
  untaken: number;
}

const defaults: Timings = {
  poll: 15_000,
  awaitHeartbeatTimeout: 60_000,
  submitHeartbeatTimeout: 30_000,
  listSettle: 60_000,
  reconcile: 300_000,
  untaken: 600_000,
};

/** For the embedded stack, where everything is near and somebody watches. */
export const embeddedTimings: Timings = {
  poll: 1_000,
  awaitHeartbeatTimeout: 10_000,
  submitHeartbeatTimeout: 10_000,
  listSettle: 3_000,
  reconcile: 15_000,
  untaken: 60_000,
};

/** Reads the settings from HOLDOUT_* variables. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  return {
    bucketPrefix: env['HOLDOUT_BUCKET_PREFIX'] ?? '',
    s3PathStyle: env['HOLDOUT_S3_PATH_STYLE'] === '1',
    imageStore: env['HOLDOUT_IMAGE_STORE'] ?? '',
    jobDefinition: env['HOLDOUT_JOB_DEFINITION'] ?? 'holdout-runner',
    timings: env['HOLDOUT_STACK'] === 'embedded' ? embeddedTimings : defaults,
  };
}

/** The five buckets under their full names. */
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
