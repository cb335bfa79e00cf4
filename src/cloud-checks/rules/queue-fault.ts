import { instanceTypeOf } from '../../campaign/model/classes/instance-types.ts';
import { machineFault, type Fault, type JobSize } from './machine-faults.ts';

/** A job queue, as far as DescribeJobQueues tells. */
export interface DescribedQueue {
  jobQueueName?: string | undefined;
  jobQueueArn?: string | undefined;
  state?: string | undefined;
  status?: string | undefined;
  statusReason?: string | undefined;
  schedulingPolicyArn?: string | undefined;
}

/** A compute environment of a queue, as far as DescribeComputeEnvironments tells. */
export interface DescribedEnvironment {
  computeEnvironmentName?: string | undefined;
  state?: string | undefined;
  status?: string | undefined;
  statusReason?: string | undefined;
  /** Absent for an environment that Batch does not manage. */
  computeResources?: { instanceTypes?: string[] | undefined; maxvCpus?: number | undefined } | undefined;
}

/** The class that is to use the queue. */
export interface QueueUser extends JobSize {
  name: string;
  queue: string;
}

/** Where the queue has to be, and what the names of this installation begin with. */
interface Installation {
  region: string;
  prefix: string;
}

/** Why a class cannot use its queue as it is described; the first reason, from the outermost to the innermost. */
export function queueFault(
  user: QueueUser,
  queue: DescribedQueue | undefined,
  environments: readonly DescribedEnvironment[],
  { region, prefix }: Installation,
): Fault | undefined {
  if (queue === undefined) {
    const isBare = prefix !== '' && !user.queue.startsWith(prefix);
    return {
      why: `does not exist in ${region}`,
      who: 'administrator of the AWS account',
      next: isBare
        ? `If infra/ made it, its name is ${prefix}${user.queue}: write that under \`queue\` in the campaign file. Else create it: npm --prefix infra run deploy -- --all; or correct AWS_REGION.`
        : 'Create it: npm --prefix infra run deploy -- --all; or correct `queue` in the campaign file or AWS_REGION.',
    };
  }
  return ownFault(user.queue, queue, region) ?? environmentsFault(user, environments);
}

function ownFault(name: string, queue: DescribedQueue, region: string): Fault | undefined {
  const regionOfQueue = queue.jobQueueArn?.split(':')[3];
  if (regionOfQueue !== undefined && regionOfQueue !== region) {
    return {
      why: `is in ${regionOfQueue}, the buckets are in ${region}`,
      who: 'operator',
      next: `Set AWS_REGION to the region of both, or create the queue in ${region}.`,
    };
  }
  if (queue.state !== 'ENABLED') {
    return {
      why: `is ${queue.state ?? 'in no known state'}; Batch accepts no job for it`,
      who: 'administrator of the AWS account',
      next: `aws batch update-job-queue --job-queue ${name} --state ENABLED`,
    };
  }
  if (queue.status !== 'VALID') {
    return {
      why: `is ${queue.status ?? 'of unknown status'}${reason(queue.statusReason)}`,
      who: 'administrator of the AWS account',
      next: `See why: aws batch describe-job-queues --job-queues ${name}`,
    };
  }
  if (queue.schedulingPolicyArn !== undefined) {
    return {
      why: 'has a fair-share policy and refuses jobs without a share; the campaign itself decides who is next',
      who: 'administrator of the AWS account',
      next: 'Create a queue without schedulingPolicyArn (a queue cannot lose it) and name it under `queue` in the campaign file.',
    };
  }
  return undefined;
}

function environmentsFault(user: QueueUser, environments: readonly DescribedEnvironment[]): Fault | undefined {
  if (environments.length === 0) {
    return {
      why: 'has no compute environment, so its jobs would wait for ever',
      who: 'administrator of the AWS account',
      next: `aws batch update-job-queue --job-queue ${user.queue} --compute-environment-order order=1,computeEnvironment=NAME`,
    };
  }
  for (const environment of environments) {
    const fault = environmentFault(user, environment);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function environmentFault(user: QueueUser, environment: DescribedEnvironment): Fault | undefined {
  const { computeEnvironmentName: name = '?', state, status, statusReason, computeResources } = environment;
  if (state !== 'ENABLED') {
    return {
      why: `has the compute environment ${name}, which is ${state ?? 'in no known state'}; no machine starts`,
      who: 'administrator of the AWS account',
      next: `aws batch update-compute-environment --compute-environment ${name} --state ENABLED`,
    };
  }
  if (status !== 'VALID') {
    return {
      why: `has the compute environment ${name}, which is ${status ?? 'of unknown status'}${reason(statusReason)}`,
      who: 'administrator of the AWS account',
      next: `See why: aws batch describe-compute-environments --compute-environments ${name}`,
    };
  }
  return computeResources === undefined ? undefined : typesFault(user, name, computeResources.instanceTypes ?? []);
}

function typesFault(user: QueueUser, environment: string, types: readonly string[]): Fault | undefined {
  // A class that is not named after an instance type may have any, for instance on the local endpoint.
  const own = instanceTypeOf(user.name) === undefined ? undefined : user.name;
  const [type = '', ...others] = types;
  const set = (wanted: string): string =>
    `aws batch update-compute-environment --compute-environment ${environment} --compute-resources instanceTypes=${wanted}`;
  if (own !== undefined && (others.length > 0 || type !== own)) {
    return {
      why: `has the compute environment ${environment} with ${types.join(', ') || 'no type'} instead of ${own} alone`,
      who: 'administrator of the AWS account',
      next: `${set(own)}; or name the right queue in the campaign file.`,
    };
  }
  if (others.length > 0) {
    return {
      why: `has the compute environment ${environment} with ${types.length} instance types (${types.join(', ')}); prices and peaks hold for one`,
      who: 'administrator of the AWS account',
      next: set(type),
    };
  }
  return machineFault(user, type);
}

const reason = (text: string | undefined): string => (text === undefined || text === '' ? '' : ` (${text})`);
