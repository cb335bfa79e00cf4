import { entry } from './entry.ts';

/** Trouble while inputs, images and runs are worked on. */
export const runErrors = {
  INPUTS_EMPTY: entry<{ bucket: string; prefix: string }>(
    'user',
    (d) => `There is no input in s3://${d.bucket}/${d.prefix}`,
    () => 'Give a folder that holds the inputs; it ends with a slash.',
  ),
  INPUTS_UNFIT: entry<{ folder: string; faults: readonly string[] }>(
    'user',
    (d) =>
      `The inputs in ${d.folder} cannot be used: ${d.faults.slice(0, 5).join('; ')}${d.faults.length > 5 ? '; …' : ''}`,
    () => 'Rename or remove what is named, then run the same command again.',
  ),
  OBJECT_MISSING: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `There is no object s3://${d.bucket}/${d.key}.`,
    () => 'Check that the bucket belongs to this campaign and that nobody removed the object.',
  ),
  OBJECT_CHANGED: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `s3://${d.bucket}/${d.key} is not what was frozen at the start: its sha256 differs.`,
    () => 'Put the original back; it is tried again until then.',
  ),
  OBJECT_DIFFERS: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `s3://${d.bucket}/${d.key} exists already with other content; it is written once and was left as it is.`,
    () => 'Two writers disagree about a record. Compare both before going on; nothing was overwritten.',
  ),
  RUNNER_SETTING: entry<{ name: string; value: string }>(
    'platform',
    (d) => `The runner cannot use ${d.name}=${JSON.stringify(d.value)}.`,
    () => 'Correct the variable in the job definition; nothing was started.',
  ),
  COMMAND_FAILED: entry<{ command: string; cause: string }>(
    'platform',
    (d) => `${d.command} failed: ${d.cause}`,
    () => 'Run the command by hand on the same host to see what it needs.',
  ),
  INPUTS_DAMAGED: entry<{ what: string }>(
    'platform',
    (d) => `The inputs are not what was frozen: ${d.what} is unusable or has another sha256.`,
    () => 'Compare the inputs bucket with the campaign folder; submissions ran on nothing else.',
  ),
  IMAGE_DIFFERS: entry<{ reference: string; expected: string; found: string }>(
    'platform',
    (d) => `The image ${d.reference} is not the pinned one: expected ${d.expected}, found ${d.found}.`,
    () => 'Find out who changed the private image store; the image was not run.',
  ),
  DEVICE_UNREADABLE: entry<{ program: string; found: string; next: string }>(
    'platform',
    (d) => `${d.program} ${d.found}.`,
    (d) => `${d.next}; a run without a measured device proves nothing.`,
  ),
  DEVICE_UNWATCHED: entry<{ program: string; seconds: number }>(
    'platform',
    (d) => `${d.program} was silent for ${d.seconds} s of the run: a peak of device memory may have been missed.`,
    () => 'The run is done again. If it happens often, turn accounting on (nvidia-smi -pm 1; nvidia-smi -am 1).',
  ),
  HOST_MEMORY_EXHAUSTED: entry<Record<string, never>>(
    'platform',
    () => 'The whole host ran out of memory and the kernel killed a process of the submission.',
    () => 'Give the host fewer runs at a time: the sum of their memory must fit.',
  ),
  CONTAINER_LOST: entry<{ container: string }>(
    'platform',
    (d) => `The engine let go of container ${d.container} while it was running.`,
    () => 'Look into the log of the container engine; the run is repeated.',
  ),
  ROOT_NOT_WRITABLE: entry<{ engine: string }>(
    'platform',
    (d) => `The campaign asks for a writable root file system, and ${d.engine} cannot give one of a capped size.`,
    () => 'Set HOLDOUT_ENGINE to podman on this host, or start a campaign without rootFilesystem: writable.',
  ),
  CONTAINER_STAYS: entry<{ container: string; cause: string }>(
    'platform',
    (d) => `Container ${d.container} cannot be removed: ${d.cause}`,
    () => 'Remove it by hand with the engine of this host.',
  ),
  EXAMPLE_UNBUILDABLE: entry<{ cause: string }>(
    'platform',
    (d) => `The example's images cannot be made from this machine's Node: ${d.cause}`,
    () => 'The example needs Linux with ldd. Give a campaign file of your own: npm run start-campaign -- FILE',
  ),
} as const;
