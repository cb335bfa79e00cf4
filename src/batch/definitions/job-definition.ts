import type { ContainerProperties, RegisterJobDefinitionCommandInput } from '@aws-sdk/client-batch';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { reservedGpusOf } from '../../campaign/model/classes/instance-class-kinds.ts';
import { jobDefinitionOf } from '../../campaign/model/classes/job-definition-name.ts';
import { holdoutError } from '../../errors.ts';
import { engineSocket } from '../../host-paths.ts';

/** Where and as what the runner's container starts: the same for all classes of an installation. */
export interface AwsRunnerHost {
  kind: 'aws';
  /** By digest: `…/holdout-runner@sha256:…`. */
  image: string;
  region: string;
  /** Empty or not, as every process of the installation has it. */
  bucketPrefix: string;
  /** Account that owns the buckets; the runner refuses those of another. */
  bucketOwner: string;
  /** Folder on the host for inputs and runs; its file system is a shared mount, as systemd makes it. */
  scratch: string;
  /** JSON of the engine's settings; absent: the host's docker. */
  engine?: string;
  /** The runner's rights. The launcher gives them to the runner and nobody gives them to a submission. */
  jobRoleArn: string;
  /** CloudWatch log group of the runner's own lines; the output of submissions goes to S3. */
  logGroup: string;
}

/** `local`: an endpoint that runs its own runner and only reads the resources. */
export type RunnerHost = AwsRunnerHost | { kind: 'local' };

export type JobDefinition = RegisterJobDefinitionCommandInput & {
  jobDefinitionName: string;
  containerProperties: ContainerProperties;
};

/** Ends jobs that somebody submits by hand, in seconds; Holdout gives each job its own limit. */
const longestJobSeconds = 24 * 3600;

const imageByDigest = /@sha256:[0-9a-f]{64}$/;

/** The parts of an instance class that its job definition depends on. */
export type JobClass = Pick<InstanceClass, 'name' | 'vcpus' | 'memoryMiB' | 'gpu' | 'gpus'>;

/**
 * The whole input of RegisterJobDefinition for a class. The infrastructure, the start of a campaign, the checks and the tests
 * all take it from here. Throws RUNNER_IMAGE_TAG.
 */
export function jobDefinition(prefix: string, host: RunnerHost, instanceClass: JobClass): JobDefinition {
  const resourceRequirements = resourcesOf(instanceClass);
  return {
    jobDefinitionName: jobDefinitionOf(prefix, instanceClass.name),
    type: 'container',
    containerProperties:
      host.kind === 'local'
        ? { image: 'local', resourceRequirements }
        : { ...launcherProperties(host), resourceRequirements },
    // A repeated job is Holdout's decision: it knows what the first one cost and whether it left an outcome.
    retryStrategy: { attempts: 1 },
    // Batch's default, which it shows.
    platformCapabilities: ['EC2'],
    ...(host.kind === 'aws' && awsSettings),
  };
}

const awsSettings = {
  propagateTags: true,
  timeout: { attemptDurationSeconds: longestJobSeconds },
} satisfies Partial<RegisterJobDefinitionCommandInput>;

/** The whole machine: one job per host is one submission per host. */
export const resourcesOf = (instanceClass: JobClass): NonNullable<ContainerProperties['resourceRequirements']> => {
  const { vcpus, memoryMiB } = instanceClass;
  const gpus = reservedGpusOf(instanceClass);
  return [
    { type: 'VCPU', value: String(vcpus) },
    { type: 'MEMORY', value: String(memoryMiB) },
    ...(gpus > 0 ? [{ type: 'GPU' as const, value: String(gpus) }] : []),
  ];
};

/**
 * The launcher's container (docs/adr/0013-a-launcher-starts-the-runner.md). It needs the engine's socket and nothing else:
 * no privileges, no folder of the host. There is no execution role: on EC2 the agent pulls the image and opens the log with
 * the instance's role.
 */
function launcherProperties(host: AwsRunnerHost): ContainerProperties {
  const { image, region, bucketPrefix, bucketOwner, scratch, engine, jobRoleArn, logGroup } = host;
  if (!imageByDigest.test(image)) throw holdoutError('RUNNER_IMAGE_TAG', { image });
  const variables = {
    AWS_REGION: region,
    // Without this, an SDK that finds no job role would take the instance's.
    AWS_EC2_METADATA_DISABLED: 'true',
    HOLDOUT_BUCKET_PREFIX: bucketPrefix,
    HOLDOUT_BUCKET_OWNER: bucketOwner,
    HOLDOUT_RUNNER_IMAGE: image,
    HOLDOUT_SCRATCH: scratch,
    ...(engine !== undefined && { HOLDOUT_ENGINE: engine }),
  };
  return {
    image,
    command: ['launch'],
    jobRoleArn,
    // Batch forgets a variable without a value, which would look like a change.
    environment: Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : { name, value })),
    volumes: [{ name: 'engine', host: { sourcePath: engineSocket } }],
    mountPoints: [{ sourceVolume: 'engine', containerPath: engineSocket, readOnly: false }],
    privileged: false,
    readonlyRootFilesystem: true,
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': logGroup, 'awslogs-region': region },
    },
  };
}
