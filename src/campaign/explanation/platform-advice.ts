import type { Actor } from '../../errors/actor.ts';

/** What somebody does about a platform fault. */
export interface PlatformAdvice {
  /** Every later job meets the fault too until somebody repairs its cause. Otherwise it may have passed already. */
  lasts: boolean;
  who: Actor | 'nobody';
  next: string;
}

interface KnownFault extends PlatformAdvice {
  pattern: RegExp;
  /** A text that the pattern is for, as AWS writes it, and where it is written. */
  example: string;
  source: string;
}

const guide = 'AWS Batch user guide';
const agent = 'amazon-ecs-agent';

/** The texts of Batch, ECS and the AWS SDK that say why a job got nowhere; the first match counts. docs/blocked.md lists them. */
export const knownFaults: readonly KnownFault[] = [
  {
    pattern: /\bdevice (?:does not hold|was not checked)/,
    lasts: true,
    who: 'operator',
    next: 'run npm run check:gpu on a machine of the class and compare driver, AMI and the GPUs of the class',
    example: 'device does not hold (the container sees no device)',
    source: 'the outcome of a canary',
  },
  {
    pattern:
      /\b(?:network|user|capabilities|memory|processes|read-only-\w+|output-size|system-calls|environment) (?:does not hold|was not checked)/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'correct the host of the class (AMI, engine, launch template) or the image of the runner',
    example: 'network does not hold (a connection to 1.1.1.1:443 was open)',
    source: 'the outcome of a canary',
  },
  {
    pattern:
      /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|security token|Credentials?Provider/i,
    lasts: true,
    who: 'operator',
    next: 'renew the credentials of the worker and restart it',
    example: 'ExpiredTokenException: The security token included in the request is expired',
    source: 'AWS common errors',
  },
  {
    pattern: /somebody ended the job outside Holdout/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'find out who ends the jobs of Holdout (CloudTrail, event TerminateJob)',
    example: 'somebody ended the job outside Holdout: not needed',
    source: 'DescribeJobs: isTerminated, isCancelled',
  },
  {
    pattern: /not in ENABLED state|queue\b.{0,140}\bdisabled/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'enable the queue (aws batch update-job-queue --job-queue QUEUE --state ENABLED)',
    example: 'ClientException: JobQueue holdout-g4 is not in ENABLED state',
    source: 'SubmitJob; the words are not documented',
  },
  {
    pattern:
      /JOB_DEFINITION_MISSING|no active job definition|job ?definition\b.{0,160}\b(?:not found|does not exist|not in ACTIVE)/i,
    lasts: true,
    who: 'operator',
    next: 'register the job definition of the class: deploy infra/, or start the campaign again',
    example: 'ClientException: JobDefinition holdout-runner-g4 does not exist or is not in ACTIVE status',
    source: 'SubmitJob; the words are not documented',
  },
  {
    pattern: /job ?queue\b.{0,160}\b(?:not found|does not exist)|no such queue/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'create the queue, or correct the queue of the class',
    example: 'ClientException: JobQueue holdout-g4 not found.',
    source: 'SubmitJob; the words are not documented',
  },
  {
    pattern: /CannotPull.*(?:access denied|denied:|not authorized|unauthorized|no basic auth|403)/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'give the instance role the right to pull the image of the runner from its repository',
    example:
      'CannotPullContainerError: pull access denied for holdout-runner, repository does not exist or may require login',
    source: `${agent}, error_messages.go`,
  },
  {
    pattern: /CannotPull.*(?:manifest|not found|unknown|invalid reference|no matching)/i,
    lasts: true,
    who: 'operator',
    next: 'push the image of the runner, or register a job definition whose image exists',
    example: 'CannotPullContainerError: manifest unknown: Requested image not found',
    source: `${agent}, error_messages.go`,
  },
  {
    pattern: /CannotPull.*no space left/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'give the instances of the class a larger disk',
    example: 'CannotPullContainerError: write /var/lib/docker: no space left on device',
    source: `${agent}, Docker's error`,
  },
  {
    pattern: /CannotPull/i,
    lasts: false,
    who: 'administrator of the AWS account',
    next: 'if it comes again, look at the network of the instances (endpoints for ECR and S3)',
    example: 'CannotPullContainerError: context deadline exceeded',
    source: `${agent}, errors.go`,
  },
  {
    pattern: /ResourceInitializationError|logging driver|log ?group/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'create the log group, an endpoint for CloudWatch Logs, and the right to write to it',
    example: 'CannotStartContainerError: failed to initialize logging driver: failed to create Cloudwatch log stream',
    source: `${agent}, Docker's awslogs driver`,
  },
  {
    pattern: /DockerTimeoutError|Cannot(?:Start|Create|Inspect)\w*Error|Task failed to start/i,
    lasts: false,
    who: 'administrator of the AWS account',
    next: 'if it comes again, look at the instance that show names',
    example: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
    source: `${agent}, errors.go`,
  },
  {
    pattern: /AccessDenied|not authorized to perform/i,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'give the role that is named the right that is named',
    example: 'AccessDeniedException: User: … is not authorized to perform: batch:SubmitJob on resource: …',
    source: 'AWS common errors',
  },
  {
    pattern: /MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'raise maxvCpus of the compute environment to the vCPUs of one job or more',
    example:
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
    source: `${guide}, job_stuck_in_runnable`,
  },
  {
    pattern: /MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/,
    lasts: true,
    who: 'operator',
    next: 'lower vcpus, memoryMiB or the GPUs of the class to what one of its instances registers',
    example:
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
    source: `${guide}, job_stuck_in_runnable`,
  },
  {
    pattern: /MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'give the service role of Batch its managed policy (AWSBatchServiceRole)',
    example: 'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - …',
    source: `${guide}, job_stuck_in_runnable_time_limit_actions`,
  },
  {
    pattern: /MISCONFIGURATION:/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'correct the compute environment of the class, its launch template or its AMI',
    example: 'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - …',
    source: `${guide}, job_stuck_in_runnable_time_limit_actions`,
  },
  {
    pattern: /LOCAL:DISK_FULL/,
    lasts: true,
    who: 'operator',
    next: 'free space on this disk; the jobs then start by themselves',
    example:
      'LOCAL:DISK_FULL - The disk of /home/me/.holdout/batch has less than 2048 MiB free. Jobs start by themselves once it has more.',
    source: 'the local Batch endpoint',
  },
  {
    pattern: /CAPACITY:/,
    lasts: false,
    who: 'nobody',
    next: 'nothing to repair: AWS has no such instance now. At its runnableLimit the run goes to another class',
    example:
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [g4dn.xlarge]',
    source: `${guide}, job_stuck_in_runnable_capacity`,
  },
  {
    pattern: /ACTION_REQUIRED|UNDETERMINED/,
    lasts: true,
    who: 'administrator of the AWS account',
    next: 'compare the compute environment, its network and the instance role with infra/',
    example: 'UNDETERMINED - Batch job is blocked, root cause is undetermined.',
    source: `${guide}, job_stuck_in_runnable_time_limit_actions`,
  },
  {
    pattern: /SUCCEEDED without an outcome/,
    lasts: true,
    who: 'operator',
    next: 'compare the image and the command of the job definition with those of Holdout’s runner',
    example: 'the job SUCCEEDED without an outcome',
    source: 'the runner writes an outcome before it exits with 0',
  },
  {
    pattern: /Job attempt duration exceeded timeout/i,
    lasts: false,
    who: 'operator',
    next: 'if it comes again, read the log of the runner that show names: it hung',
    example: 'Job attempt duration exceeded timeout',
    source: `${guide}, job_timeouts`,
  },
];

/** The advice on a fault, by the text of its cause; undefined for a text that is not known. */
export function adviceOn(cause: string): PlatformAdvice | undefined {
  const found = knownFaults.find(({ pattern }) => pattern.test(cause));
  return found && { lasts: found.lasts, who: found.who, next: found.next };
}
