import { counted } from './safe-text.ts';

/**
 * The catalogue of everything that can go wrong outside the expected outcomes.
 *
 * Expected ends of a run (out of memory, time limit, bad output) are values, see campaign/reasons.ts. Trouble is thrown
 * as a {@link HoldoutError} made by {@link trouble}: a stable code, what happened, and what to do next.
 */

/** Who has to act: the person at the keyboard, Holdout's surroundings, or the team that handed in a submission. */
export type ErrorSource = 'user' | 'platform' | 'submission';

interface CatalogueEntry<Details> {
  source: ErrorSource;
  says: (details: Details) => string;
  next: (details: Details) => string;
}

const entry = <Details>(
  source: ErrorSource,
  says: (details: Details) => string,
  next: (details: Details) => string,
): CatalogueEntry<Details> => ({ source, says, next });

/** One line for every code; `says` names the offending value, `next` the action that mends it. */
export const catalogue = {
  CAMPAIGN_FILE_UNREADABLE: entry<{ file: string; cause: string }>(
    'user',
    (d) => `The campaign file ${d.file} cannot be read: ${d.cause}`,
    () => 'Give the path of a campaign file: npm run start-campaign -- FILE',
  ),
  CAMPAIGN_INVALID: entry<{ file: string; faults: string[] }>(
    'user',
    (d) => `${d.file}: ${counted(d.faults.length, 'fault')}\n  ${d.faults.join('\n  ')}`,
    () => 'Mend the lines above and start again; nothing was started.',
  ),
  /** Names no fault: this text reaches Temporal's history, where no label may be. */
  LABELS_INVALID: entry<{ count: number }>(
    'user',
    (d) => `The labels cannot be used: ${counted(d.count, 'fault')}.`,
    () => 'Check labels.csv against the inputs: one row per input, the columns named under `predictions`.',
  ),
  IMAGE_TOOL_MISSING: entry<{ tool: string }>(
    'platform',
    (d) => `${d.tool} is not installed on this machine; it copies images.`,
    (d) => `Install it (apt-get install ${d.tool}); npm run holdout -- doctor checks it.`,
  ),
  IMAGE_COPY_FAILED: entry<{ image: string; detail: string }>(
    'platform',
    (d) => `The image ${d.image} could not be copied: ${d.detail}`,
    () => 'Look at disk space, the image store and its credentials; nothing was counted against the team.',
  ),
  IMAGE_UNKNOWN: entry<{ images: string[] }>(
    'user',
    (d) =>
      `The registry does not know ${counted(d.images.length, 'image')} of the hand-in:\n  ${d.images.join('\n  ')}`,
    () => 'Correct the references in the submissions file or push the images, then start again; nothing was started.',
  ),
  CAMPAIGN_CHANGED: entry<{ campaign: string; differences: string[]; commands: string[] }>(
    'user',
    (d) => `Campaign ${d.campaign} was started from another file. What differs:\n  ${d.differences.join('\n  ')}`,
    ({ commands }) =>
      commands.length === 0
        ? 'Restore the file, or give the campaign another name.'
        : `Restore the file, or change the campaign itself:\n    ${commands.join('\n    ')}`,
  ),
  CAMPAIGN_UNKNOWN: entry<{ campaign: string }>(
    'user',
    (d) => `There is no campaign named ${d.campaign}.`,
    () => 'Start it first: npm run start-campaign -- FILE',
  ),
  SUBMISSION_UNKNOWN: entry<{ campaign: string; submission: string; meant: string }>(
    'user',
    (d) => `Campaign ${d.campaign} has no submission ${d.submission}${d.meant}.`,
    (d) => `List them: npm run holdout -- results ${d.campaign}`,
  ),
  PILOT_UNREADABLE: entry<{ file: string; cause: string }>(
    'user',
    (d) => `What the pilot measured cannot be read from ${d.file}: ${d.cause}`,
    () => 'Delete that file: the plan goes by the campaign file alone then, or measures again with --pilot N.',
  ),
  TEMPORAL_UNREACHABLE: entry<{ address: string; cause: string }>(
    'platform',
    (d) => `Temporal cannot be reached at ${d.address}: ${d.cause}`,
    () => 'Check TEMPORAL_ADDRESS or the profile; for the embedded stack: npm run holdout -- local status',
  ),
  CAMPAIGN_FAILED: entry<{ campaign: string; cause: string }>(
    'platform',
    (d) => `The workflow of campaign ${d.campaign} ended without results: ${d.cause}`,
    () => 'Start the campaign again: it goes on from what is in S3.',
  ),
  CAMPAIGN_SILENT: entry<{ campaign: string; seconds: number }>(
    'platform',
    (d) => `Campaign ${d.campaign} has not answered within ${d.seconds} s.`,
    (d) =>
      `Check that a worker runs (npm run worker), then look before you ask again: npm run holdout -- status ${d.campaign}`,
  ),
  CAMPAIGN_ENDED: entry<{ campaign: string; act: string }>(
    'user',
    (d) => `Campaign ${d.campaign} does not run, so ${d.act} has nothing to act on.`,
    (d) => `See what it came to: npm run holdout -- status ${d.campaign}; retry and rescore make it go on.`,
  ),
  REFUSED: entry<{ campaign: string; act: string; cause: string }>(
    'user',
    (d) => `Refused: ${d.act}: ${d.cause}`,
    (d) => `Nothing was changed. See npm run holdout -- status ${d.campaign}`,
  ),
  NOT_CONFIRMED: entry<{ question: string }>(
    'user',
    (d) => `${d.question} Nobody is here to answer, and nothing was changed.`,
    () => 'Say so with --yes.',
  ),
  BATCH_NOT_READY: entry<{ cause: string }>(
    'platform',
    (d) => `The local Batch endpoint did not get ready: ${d.cause}`,
    () => 'See logs/batch.log under HOLDOUT_HOME, then start again; nothing is lost.',
  ),
  STACK_UNNAMED: entry<{ given: string | undefined }>(
    'user',
    (d) =>
      `HOLDOUT_STACK is ${d.given === undefined ? 'not set' : JSON.stringify(d.given)}: a worker must know whose Temporal and AWS it serves.`,
    () => 'Set HOLDOUT_STACK=remote for your own; the embedded stack starts its workers itself.',
  ),
  WORKER_UNREADY: entry<{ missing: string; next: string }>(
    'user',
    (d) => `This worker lacks ${d.missing}; it takes no tasks.`,
    (d) => d.next,
  ),
  BUCKET_UNUSABLE: entry<{ bucket: string; why: string }>(
    'user',
    (d) => `The bucket ${d.bucket} ${d.why}; this worker takes no tasks.`,
    () =>
      'Check HOLDOUT_BUCKET_PREFIX, AWS_REGION, HOLDOUT_S3_PATH_STYLE and the rights of the key, then start it again.',
  ),
  S3_UNREACHABLE: entry<{ bucket: string; endpoint: string; cause: string }>(
    'platform',
    (d) => `S3 cannot be reached at ${d.endpoint} (bucket ${d.bucket}): ${d.cause}. This worker takes no tasks.`,
    () => 'Check the network and AWS_ENDPOINT_URL_S3, then start the worker again.',
  ),
  TEMPORAL_NAMESPACE_MISSING: entry<{ namespace: string }>(
    'user',
    (d) => `Temporal has no namespace ${d.namespace}; this worker takes no tasks.`,
    () =>
      'Set TEMPORAL_NAMESPACE to the one that campaigns are started in, or make it (docker/temporal-namespace.sh shows how).',
  ),
  STACK_DOWN: entry<{ home: string }>(
    'user',
    (d) => `No embedded stack is up in ${d.home}.`,
    () => 'Start it: npm run holdout -- local up, or npm run start-campaign (HOLDOUT_STACK=remote for your own).',
  ),
  USAGE: entry<{ message: string }>(
    'user',
    (d) => d.message,
    () => 'See npm run holdout -- --help',
  ),
  TOOL_MISSING: entry<{ tool: string; tried: string[]; byHand: string[] }>(
    'user',
    (d) => `${d.tool} is missing and could not be had:\n  ${d.tried.join('\n  ')}`,
    (d) =>
      'Install Go (https://go.dev/dl/) and start again, which builds it; or put the program in place by hand:\n  ' +
      d.byHand.join('\n  '),
  ),
  PROGRAM_MISSING: entry<{ programs: string[]; command: string; failure?: string }>(
    'user',
    (d) => `Missing: ${d.programs.join(', ')}.${d.failure === undefined ? '' : ` Installing failed:\n${d.failure}`}`,
    (d) => `As root: ${d.command}`,
  ),
  PLATFORM_UNSUPPORTED: entry<{ because: string }>(
    'user',
    (d) => `Submissions cannot be run here: ${d.because}.`,
    () => 'Use Linux on x86-64 as root (sudo), or the containers: docker compose up',
  ),
  ENGINE_FAILS: entry<{ engine: string; failures: string[] }>(
    'user',
    (d) => `${d.engine} is installed but runs no container:\n  ${d.failures.join('\n  ')}`,
    (d) => `Mend ${d.engine} until the first of these commands works, then start again.`,
  ),
  HOME_UNUSABLE: entry<{ home: string; cause: string }>(
    'user',
    (d) => `Nothing can be kept in ${d.home}: ${d.cause}`,
    () => 'Name a writable folder on a local disk: HOLDOUT_HOME=/path/to/folder',
  ),
  DISK_FULL: entry<{ home: string; freeMiB: number; neededMiB: number }>(
    'user',
    (d) => `Only ${d.freeMiB} MiB are free where ${d.home} lies; a start needs ${d.neededMiB} MiB.`,
    () => 'Make room there, or name a folder on another disk: HOLDOUT_HOME=/path/to/folder',
  ),
  PORT_BUSY: entry<{ port: number; variable: string; holder?: string }>(
    'user',
    (d) => `Port ${d.port} (${d.variable}) is taken${d.holder === undefined ? '' : ` by ${d.holder}`}.`,
    (d) => `End that program, or choose another port: ${d.variable}=0 takes a free one.`,
  ),
  START_UP_FILE_INVALID: entry<{ file: string; faults: string[] }>(
    'user',
    (d) => `The start-up file ${d.file || '(none was given)'} cannot be used:\n  ${d.faults.join('\n  ')}`,
    () => 'Mend the lines above and start again; nothing was started.',
  ),
  STATE_FOLDER_BUSY: entry<{ what: string; folder: string; pid: number }>(
    'user',
    (d) => `${d.what} runs over ${d.folder} already, as process ${d.pid}.`,
    () => 'Use that one, or end it first; two over one folder would start every job twice.',
  ),
  PART_NOT_UP: entry<{ part: string; why: string; log: string; tail: string }>(
    'platform',
    (d) =>
      `The process "${d.part}" of the embedded stack did not come up: ${d.why}. Its last words in ${d.log}:\n${d.tail}`,
    () => 'Mend what its log says and start again; npm run holdout -- doctor checks the machine.',
  ),
  START_INTERRUPTED: entry<Record<string, never>>(
    'user',
    () => 'The start was interrupted; everything that was up already has ended.',
    () => 'Start again when you like: nothing is lost.',
  ),
  TEMPORAL_VERSION: entry<{ home: string; found: string; expected: string }>(
    'user',
    (d) => `The history in ${d.home} was written by Temporal server ${d.found}; this Holdout brings ${d.expected}.`,
    () => 'Go on with the Holdout version that wrote it, or start afresh in another HOLDOUT_HOME.',
  ),
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

type Catalogue = typeof catalogue;
export type ErrorCode = keyof Catalogue;
type DetailsOf<Code extends ErrorCode> = Parameters<Catalogue[Code]['says']>[0];

/** Trouble with a code of the {@link catalogue}; `next` says what the reader should do. */
export class HoldoutError extends Error {
  override readonly name = 'HoldoutError';
  constructor(
    readonly code: ErrorCode,
    readonly source: ErrorSource,
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Makes the error of a code: `throw trouble('PORT_BUSY', { port: 7233, … })`. */
export function trouble<Code extends ErrorCode>(code: Code, details: DetailsOf<Code>, cause?: unknown): HoldoutError {
  const found = catalogue[code] as CatalogueEntry<DetailsOf<Code>>;
  return new HoldoutError(
    code,
    found.source,
    found.says(details),
    found.next(details),
    cause === undefined ? undefined : { cause },
  );
}

/** The readable part of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
