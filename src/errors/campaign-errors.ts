import { counted } from '../safe-text.ts';
import { entry } from './entry.ts';

/** Trouble with a campaign, its file and the commands on it. */
export const campaignErrors = {
  CAMPAIGN_FILE_UNREADABLE: entry<{ file: string; cause: string }>(
    'user',
    (d) => `The campaign file ${d.file} cannot be read: ${d.cause}`,
    () => 'Give the path of a campaign file: npm run start-campaign -- FILE',
  ),
  CAMPAIGN_INVALID: entry<{ file: string; faults: string[] }>(
    'user',
    (d) => `${d.file}: ${counted(d.faults.length, 'fault')}\n  ${d.faults.join('\n  ')}`,
    () => 'Correct the lines above and start again; nothing was started.',
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
    () => 'Check the name and HOLDOUT_HOME, or start it first: npm run start-campaign -- FILE',
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
  CAMPAIGN_STUCK: entry<{ campaign: string; stuck: string }>(
    'platform',
    (d) => `Campaign ${d.campaign} cannot open: ${d.stuck}`,
    (d) => `Repair the cause; it is tried again by itself. Then: npm run holdout -- status ${d.campaign}`,
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
    (d) => `${d.question} This is no terminal, so nobody can answer; nothing was changed.`,
    () => 'To agree beforehand, add --yes.',
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
} as const;
