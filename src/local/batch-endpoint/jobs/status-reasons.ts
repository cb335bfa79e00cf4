// The texts that a job has as statusReason, in the words of AWS Batch.
import type { JobEnd } from './job-executor.ts';

/** The reasons that a job can have while it is RUNNABLE, in the words of the user guide (job_stuck_in_runnable). */
const texts = {
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY':
    'Service cannot fulfill the capacity requested for instance type [instanceTypeName]',
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE':
    'CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT':
    'The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
};

export type UnplacedReason = keyof typeof texts;

/** The job's statusReason while it is RUNNABLE. */
export const blockedText = (reason: UnplacedReason, instanceType: string): string =>
  `${reason} - ${texts[reason].replace('instanceTypeName', instanceType)}`;

const diskFull = 'LOCAL:DISK_FULL';

/** The same for a reason that AWS does not have. */
export const diskText = (shortage: string): string => `${diskFull} - ${shortage}`;

/** Whether a job's statusReason is a {@link diskText}. */
export const isDiskText = (statusReason = ''): boolean => statusReason.startsWith(diskFull);

/** The job's statusReason after a jobStateTimeLimitAction of its queue. */
export const limitText = (reason: string): string => `Canceled by JobStateTimeLimit action due to reason: ${reason}`;

/** The job's statusReason when its time is up. */
export const timeoutText = 'Job attempt duration exceeded timeout';

/** The job's statusReason after its end, unless it was stopped. */
export function endReason(end: JobEnd, jobId: string): string {
  if (end.kind === 'lost') return `Host EC2 (instance ${instanceOf(jobId)}) terminated.`;
  // AWS gives the latter reason for every container that exited by itself, also with 0.
  return end.kind === 'unstartable' ? 'Task failed to start' : 'Essential container in task exited';
}

/** Every job has its own emulated instance; EC2 instance ids have 17 hexadecimal digits. */
const instanceOf = (jobId: string): string => `i-${jobId.replaceAll('-', '').slice(0, 17)}`;
