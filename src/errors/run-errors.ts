import { entry } from './entry.ts';

/** Errors of inputs, images, runs and their records. */
export const runErrors = {
  INPUTS_EMPTY: entry<{ bucket: string; prefix: string }>(
    'user',
    (d) => `There is no input in s3://${d.bucket}/${d.prefix}`,
    () => 'Give a prefix that contains the inputs and ends with a slash.',
  ),
  INPUTS_UNFIT: entry<{ folder: string; faults: readonly string[] }>(
    'user',
    (d) =>
      `The inputs in ${d.folder} cannot be used: ${d.faults.slice(0, 5).join('; ')}${d.faults.length > 5 ? '; …' : ''}`,
    () => 'Rename or remove the named files, then run the same command again.',
  ),
  OBJECT_MISSING: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `There is no object s3://${d.bucket}/${d.key}.`,
    () => 'Check that the bucket belongs to this campaign and that the object was not removed.',
  ),
  OBJECT_CHANGED: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `s3://${d.bucket}/${d.key} has changed since the campaign was started: its sha256 differs.`,
    () => 'Restore the original; Holdout retries until then.',
  ),
  OBJECT_DIFFERS: entry<{ bucket: string; key: string }>(
    'platform',
    (d) =>
      `s3://${d.bucket}/${d.key} already exists with other content. It was not overwritten: a record is written once.`,
    () => 'Two writers disagree about this record. Find out which one is right before you continue.',
  ),
  JOB_DEFINITION_SHARED: entry<{ classes: readonly [string, string]; jobDefinition: string }>(
    'user',
    (d) => `The instance classes ${d.classes.join(' and ')} would share the job definition ${d.jobDefinition}.`,
    () => 'Rename one of them: Batch allows no dots in the name of a job definition, so that dots become hyphens.',
  ),
  JOB_DEFINITION_MISSING: entry<{ jobDefinition: string; resources: string; revisions: number }>(
    'platform',
    (d) =>
      `Batch has no active job definition ${d.jobDefinition} with ${d.resources}` +
      `${d.revisions === 0 ? '' : `; ${d.revisions} active revisions have other resources`}.`,
    () =>
      'Deploy the infrastructure with the vCPUs, memory and GPUs of the campaign file, or correct the campaign file.',
  ),
  RUNNER_IMAGE_TAG: entry<{ image: string }>(
    'user',
    (d) =>
      `The image of the runner, ${JSON.stringify(d.image)}, is not named by its digest: it could change in the middle of a campaign.`,
    () => 'Name it as REPOSITORY@sha256:…; aws ecr describe-images shows the digest. No job definition was registered.',
  ),
  RUNNER_SETTING: entry<{ name: string; value: string }>(
    'platform',
    (d) => `The runner cannot use ${d.name}=${JSON.stringify(d.value)}.`,
    () => 'Correct the variable in the job definition; nothing was started.',
  ),
  RUNNER_NOT_STARTED: entry<{ cause: string }>(
    'platform',
    (d) => `The launcher could not start the runner: ${d.cause}`,
    () => 'Compare the host with docs/aws-job.md: engine, socket, scratch folder on a shared mount. No submission ran.',
  ),
  RUNNER_LOST: entry<{ status: number }>(
    'platform',
    (d) => `The runner ended with exit status ${d.status} and without an outcome.`,
    () => 'The launcher has removed what it left on the host; its log stream has its last lines.',
  ),
  ENGINE_SILENT: entry<{ cause: string }>(
    'platform',
    (d) => `The engine of this host does not answer: ${d.cause}`,
    () => 'Check that it runs and that the job definition mounts its socket. No submission ran.',
  ),
  HOST_SHARED: entry<{ jobs: readonly string[] }>(
    'platform',
    (d) => `Submissions of other jobs run on this host: ${d.jobs.join(', ')}.`,
    () => 'Give the class one instance type and all its vCPUs and memory, so that a host has one job.',
  ),
  SCRATCH_FULL: entry<{ scratch: string; freeMiB: number; neededMiB: number }>(
    'platform',
    (d) => `The disk of ${d.scratch} has ${d.freeMiB} MiB free; this run needs ${d.neededMiB} MiB.`,
    () => 'Give the hosts of this class a larger disk. No submission ran.',
  ),
  MOUNT_NOT_SEEN: entry<{ mounts: readonly string[]; cause: string }>(
    'platform',
    (d) => `A container does not see what the runner mounts: ${d.mounts.join(', ')}. ${d.cause}`.trim(),
    () => 'Start the runner by its launcher, with the scratch folder on a shared mount. No submission ran.',
  ),
  GPUS_DIFFER: entry<{ expected: number; found: number }>(
    'platform',
    (d) => `This host has ${d.found} GPUs; the class has ${d.expected}.`,
    () => 'Give the class an instance type with that number of GPUs. No submission ran.',
  ),
  SPEC_UNREADABLE: entry<{ bucket: string; key: string; cause: string }>(
    'platform',
    (d) => `The runner cannot read s3://${d.bucket}/${d.key}: ${d.cause}`,
    () => 'Check the bucket prefix and region in the job definition and the rights of the job role. No submission ran.',
  ),
  COMMAND_FAILED: entry<{ command: string; cause: string }>(
    'platform',
    (d) => `${d.command} failed: ${d.cause}`,
    () => 'Run the command by hand on the same host to see the cause.',
  ),
  INPUTS_DAMAGED: entry<{ what: string }>(
    'platform',
    (d) => `The inputs have changed since the campaign was started: ${d.what} is unusable or has another sha256.`,
    () => 'Compare the inputs bucket with the campaign folder; no submission ran on the changed inputs.',
  ),
  IMAGE_DIFFERS: entry<{ reference: string; expected: string; found: string }>(
    'platform',
    (d) => `The image ${d.reference} is not the pinned one: expected ${d.expected}, found ${d.found}.`,
    () => 'Find out who changed the private image store; the image was not run.',
  ),
  DEVICE_UNREADABLE: entry<{ program: string; found: string; next: string }>(
    'platform',
    (d) => `${d.program} ${d.found}.`,
    (d) => `${d.next}; a run is valid only if its GPU is measured.`,
  ),
  DEVICE_UNWATCHED: entry<{ program: string; seconds: number }>(
    'platform',
    (d) => `${d.program} reported nothing for ${d.seconds} s of the run; a peak of GPU memory may have been missed.`,
    () => 'The run is repeated. If this happens often, turn accounting on: nvidia-smi -pm 1; nvidia-smi -am 1',
  ),
  HOST_MEMORY_EXHAUSTED: entry<Record<string, never>>(
    'platform',
    () => 'The host ran out of memory and the kernel killed a process of the submission.',
    () => 'Run fewer jobs at a time on the host: the sum of their memory limits must fit.',
  ),
  CONTAINER_LOST: entry<{ container: string }>(
    'platform',
    (d) => `The container engine lost container ${d.container} while it was running.`,
    () => 'See the log of the container engine; the run is repeated.',
  ),
  ROOT_NOT_WRITABLE: entry<{ engine: string }>(
    'platform',
    (d) => `The campaign needs a writable root file system, and ${d.engine} cannot limit the size of one.`,
    () => 'Set HOLDOUT_ENGINE=podman on this host, or start a campaign without rootFilesystem: writable.',
  ),
  CONTAINER_STAYS: entry<{ container: string; cause: string }>(
    'platform',
    (d) => `Container ${d.container} cannot be removed: ${d.cause}`,
    () => 'Remove it by hand with the container engine of this host.',
  ),
  EXAMPLE_UNBUILDABLE: entry<{ cause: string }>(
    'platform',
    (d) => `The example's images cannot be built from this machine's Node: ${d.cause}`,
    () => 'The example needs Linux with ldd. Use your own campaign file: npm run start-campaign -- FILE',
  ),
} as const;
