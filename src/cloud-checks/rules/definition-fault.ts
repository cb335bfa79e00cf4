import type { JobDefinition as RegisteredDefinition } from '@aws-sdk/client-batch';
import { differingParts } from '../../batch/definitions/definition-difference.ts';
import { jobDefinition, type JobClass, type RunnerHost } from '../../batch/definitions/job-definition.ts';

/** Why a definition cannot be used, and the next command. */
interface Fault {
  why: string;
  next: string;
}

/** What every process of an installation has to agree on with its job definitions. */
export interface Installation {
  prefix: string;
  region: string;
  bucketPrefix: string;
  bucketOwner: string | undefined;
}

/**
 * Why a registered revision is not one that Holdout makes for this class and this installation: somebody changed it by hand, or
 * it belongs to another installation.
 */
export function definitionFault(
  registered: RegisteredDefinition,
  instanceClass: JobClass,
  installation: Installation,
): Fault | undefined {
  const host = runnerHostIn(registered);
  const next =
    'Register it anew: set HOLDOUT_RUNNER_IMAGE and start the campaign; or: npm --prefix infra run deploy -- --all';
  if (host.kind === 'unknown') return { why: host.why, next };
  const parts = differingParts(jobDefinition(installation.prefix, host, instanceClass), registered);
  if (parts.length > 0) {
    return { why: `was changed by hand: its ${parts.join(', ')} are not what Holdout registers`, next };
  }
  return host.kind === 'aws' ? otherInstallation(host, installation, next) : undefined;
}

function otherInstallation(
  host: Extract<RunnerHost, { kind: 'aws' }>,
  { region, bucketPrefix, bucketOwner }: Installation,
  next: string,
): Fault | undefined {
  const differs = (variable: string, theirs: string, ours: string | undefined): Fault | undefined =>
    ours === undefined || theirs === ours
      ? undefined
      : { why: `has ${variable}=${theirs}, this process has ${ours || 'none'}`, next };
  return (
    differs('AWS_REGION', host.region, region) ??
    differs('HOLDOUT_BUCKET_PREFIX', host.bucketPrefix, bucketPrefix) ??
    differs('HOLDOUT_BUCKET_OWNER', host.bucketOwner, bucketOwner)
  );
}

/** The host that a registered revision was made for, read from the revision itself. */
export function runnerHostIn({
  containerProperties = {},
}: RegisteredDefinition): RunnerHost | { kind: 'unknown'; why: string } {
  const { image = '', environment = [], jobRoleArn, logConfiguration } = containerProperties;
  if (image === 'local') return { kind: 'local' };
  if (!/@sha256:[0-9a-f]{64}$/.test(image)) {
    return {
      kind: 'unknown',
      why: `has the image ${image || '(none)'} by tag, which could be moved, instead of a digest`,
    };
  }
  const variable = (name: string): string | undefined => environment.find((one) => one.name === name)?.value;
  const engine = variable('HOLDOUT_ENGINE');
  const logGroup = logConfiguration?.options?.['awslogs-group'];
  const parts = {
    'environment AWS_REGION': variable('AWS_REGION'),
    'environment HOLDOUT_BUCKET_OWNER': variable('HOLDOUT_BUCKET_OWNER'),
    jobRoleArn,
    'log group': logGroup,
  };
  const absent = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (absent.length > 0) return { kind: 'unknown', why: `lacks ${absent.join(', ')}; its jobs could not start` };
  return {
    kind: 'aws',
    image,
    region: variable('AWS_REGION') ?? '',
    bucketPrefix: variable('HOLDOUT_BUCKET_PREFIX') ?? '',
    bucketOwner: variable('HOLDOUT_BUCKET_OWNER') ?? '',
    scratch: variable('HOLDOUT_SCRATCH') ?? '',
    ...(engine !== undefined && { engine }),
    jobRoleArn: jobRoleArn ?? '',
    logGroup: logGroup ?? '',
  };
}
