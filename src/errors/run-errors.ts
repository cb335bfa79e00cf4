import { counted } from '../safe-text.ts';
import { platformError, userError } from './entry.ts';

/** Errors of inputs, images, runs and their records. */
export const runErrors = {
  INPUTS_EMPTY: userError<{ bucket: string; prefix: string }>(
    (d) => `There is no input in s3://${d.bucket}/${d.prefix}`,
    'Give a prefix that contains the inputs and ends with a slash.',
  ),
  INPUTS_UNFIT: userError<{ folder: string; faults: readonly string[] }>(
    (d) =>
      `The inputs in ${d.folder} cannot be used: ${d.faults.slice(0, 5).join('; ')}${d.faults.length > 5 ? '; …' : ''}`,
    'Rename or remove the named files, then run the same command again.',
  ),
  OBJECT_MISSING: platformError<{ bucket: string; key: string }>(
    (d) => `There is no object s3://${d.bucket}/${d.key}.`,
    'Check that the bucket belongs to this campaign and that the object was not removed.',
  ),
  OBJECT_CHANGED: platformError<{ bucket: string; key: string }>(
    (d) => `s3://${d.bucket}/${d.key} has changed since the campaign was started: its sha256 differs.`,
    'Restore the original; Holdout retries until then.',
  ),
  RECORD_CHANGED: platformError<{ bucket: string; key: string; what: string }>(
    (d) => `s3://${d.bucket}/${d.key} is not what Holdout wrote: ${d.what}.`,
    'Restore the object from a backup or from an older version of it, then run the same command again. Find out who can ' +
      'write to this bucket. All differences: npm run holdout -- verify CAMPAIGN',
  ),
  OBJECT_DIFFERS: platformError<{ bucket: string; key: string }>(
    (d) =>
      `s3://${d.bucket}/${d.key} already exists with other content. It was not overwritten: a record is written once.`,
    'Two writers disagree about this record. Find out which one is right before you continue.',
  ),
  JOB_DEFINITION_SHARED: userError<{ classes: readonly [string, string]; jobDefinition: string }>(
    (d) => `The instance classes ${d.classes.join(' and ')} would share the job definition ${d.jobDefinition}.`,
    'Rename one of them: Batch allows no dots in the name of a job definition, so that dots become hyphens.',
  ),
  JOB_DEFINITION_MISSING: platformError<{ jobDefinition: string; resources: string; revisions: number }>(
    (d) =>
      `Batch has no active job definition ${d.jobDefinition} with ${d.resources}` +
      `${d.revisions === 0 ? '' : `; ${d.revisions} active revisions have other resources`}.`,
    'Deploy the infrastructure with the vCPUs, memory and GPUs of the campaign file, or correct the campaign file.',
  ),
  RUNNER_SETTING: platformError<{ name: string; value: string }>(
    (d) => `The runner cannot use ${d.name}=${JSON.stringify(d.value)}.`,
    'Correct the variable in the job definition; nothing was started.',
  ),
  RUNNER_NOT_STARTED: platformError<{ cause: string }>(
    (d) => `The launcher could not start the runner: ${d.cause}`,
    'Compare the host with docs/aws/job.md: engine, socket, scratch folder on a shared mount. No submission ran.',
  ),
  RUNNER_LOST: platformError<{ status: number }>(
    (d) => `The runner ended with exit status ${d.status} and without an outcome.`,
    'The launcher has removed what it left on the host; its log stream has its last lines.',
  ),
  ENGINE_SILENT: platformError<{ cause: string }>(
    (d) => `The engine of this host does not answer: ${d.cause}`,
    'Check that it runs and that the job definition mounts its socket. No submission ran.',
  ),
  HOST_SHARED: platformError<{ jobs: readonly string[] }>(
    (d) => `Submissions of other jobs run on this host: ${d.jobs.join(', ')}.`,
    'Give the class one instance type and all its vCPUs and memory, so that a host has one job.',
  ),
  SCRATCH_FULL: platformError<{ scratch: string; freeMiB: number; neededMiB: number }>(
    (d) => `The disk of ${d.scratch} has ${d.freeMiB} MiB free; this run needs ${d.neededMiB} MiB.`,
    'Give the hosts of this class a larger disk. No submission ran.',
  ),
  MOUNT_NOT_SEEN: platformError<{ mounts: readonly string[]; cause: string }>(
    (d) => `A container does not see what the runner mounts: ${d.mounts.join(', ')}. ${d.cause}`.trim(),
    'Start the runner by its launcher, with the scratch folder on a shared mount. No submission ran.',
  ),
  ISOLATION_BROKEN: platformError<{ broken: readonly string[] }>(
    (d) => `This host does not confine submissions as it must: ${d.broken.join('; ')}.`,
    'npm run holdout -- doctor tries it again on this machine; docs/isolation.md says what each control needs. No submission ran.',
  ),
  RUNTIME_MISSING: platformError<{ runtime: string; engine: string }>(
    (d) => `The class wants its submissions under ${d.runtime}, and ${d.engine} on this host has no such runtime.`,
    'Install gVisor on the hosts of the class (docs/isolation.md#gvisor), or start a campaign without isolation: gvisor. No submission ran.',
  ),
  CANARY_STOPPED: platformError<Record<string, never>>(
    () => 'The canary was stopped before it had tried everything.',
    'Its class is not proven; Holdout submits another one.',
  ),
  GPUS_DIFFER: platformError<{ expected: number; found: number }>(
    (d) => `This host has ${counted(d.found, 'GPU')}; the class has ${d.expected}.`,
    'Give the class an instance type with that number of GPUs. No submission ran.',
  ),
  SPEC_UNREADABLE: platformError<{ bucket: string; key: string; cause: string }>(
    (d) => `The runner cannot read s3://${d.bucket}/${d.key}: ${d.cause}`,
    'Check the bucket prefix and region in the job definition and the rights of the job role. No submission ran.',
  ),
  COMMAND_FAILED: platformError<{ command: string; cause: string }>(
    (d) => `${d.command} failed: ${d.cause}`,
    'Run the command by hand on the same host to see the cause.',
  ),
  INPUTS_DAMAGED: platformError<{ what: string }>(
    (d) => `The inputs have changed since the campaign was started: ${d.what} is unusable or has another sha256.`,
    'Compare the inputs bucket with the campaign folder; no submission ran on the changed inputs.',
  ),
  IMAGE_DIFFERS: platformError<{ reference: string; expected: string; found: string }>(
    (d) => `The image ${d.reference} is not the pinned one: expected ${d.expected}, found ${d.found}.`,
    'Find out who changed the private image store; the image was not run.',
  ),
  REGISTRY_LOGIN_FAILED: platformError<{ host: string; region: string; cause: string }>(
    (d) => `ECR in ${d.region} gives no login to ${d.host}: ${d.cause}`,
    'Give this process AWS credentials (a role) with ecr:GetAuthorizationToken and a way to the API of ECR, in a closed VPC ' +
      'the endpoints ecr.api and ecr.dkr. The failure does not count against the team.',
  ),
  IMAGE_SCAN_MISSING: platformError<{ image: string; why: string }>(
    (d) => `HOLDOUT_IMAGE_SCAN=refuse-critical needs a scan of ${d.image}, and ${d.why}`,
    'Turn on scan on push for the repository and let the worker call ecr:DescribeImageScanFindings, or set ' +
      'HOLDOUT_IMAGE_SCAN=report. Holdout retries; the failure does not count against the team.',
  ),
  IMAGE_SCANNER_FAILED: platformError<{ program: string; why: string }>(
    (d) => `The host's scanner ${d.program} came to no verdict on an image: ${d.why}.`,
    'Run the command of `scan` in the campaign file on the workers: it must end with 0 for a clean image and 1 for findings ' +
      '(docs/submissions/images.md). Holdout retries; the image has not run, and the failure does not count against the team.',
  ),
  DEVICE_UNREADABLE: platformError<{ program: string; found: string; next: string }>(
    (d) => `${d.program} ${d.found}.`,
    (d) => `${d.next}; a run is valid only if its GPU is measured.`,
  ),
  DEVICE_UNWATCHED: platformError<{ program: string; seconds: number }>(
    (d) => `${d.program} reported nothing for ${d.seconds} s of the run; a peak of GPU memory may have been missed.`,
    'The run is repeated. If this happens often, turn accounting on: nvidia-smi -pm 1; nvidia-smi -am 1',
  ),
  HOST_MEMORY_EXHAUSTED: platformError<Record<string, never>>(
    () => 'The host ran out of memory and the kernel killed a process of the submission.',
    'Run fewer jobs at a time on the host: the sum of their memory limits must fit.',
  ),
  CONTAINER_LOST: platformError<{ container: string }>(
    (d) => `The container engine lost container ${d.container} while it was running.`,
    'See the log of the container engine; the run is repeated.',
  ),
  ROOT_NOT_WRITABLE: platformError<{ engine: string }>(
    (d) => `The campaign needs a writable root file system, and ${d.engine} cannot limit the size of one.`,
    'Set HOLDOUT_ENGINE=podman on this host, or start a campaign without rootFilesystem: writable.',
  ),
  CONTAINER_STAYS: platformError<{ container: string; cause: string }>(
    (d) => `Container ${d.container} cannot be removed: ${d.cause}`,
    'Remove it by hand with the container engine of this host.',
  ),
  EXAMPLE_UNBUILDABLE: platformError<{ cause: string }>(
    (d) => `The example's images cannot be built from this machine's Node: ${d.cause}`,
    'The example needs Linux with ldd. Use your own campaign file: npm run start-campaign -- FILE',
  ),
} as const;
