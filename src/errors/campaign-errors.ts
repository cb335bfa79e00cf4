import { counted } from '../safe-text.ts';
import { platformError, userError } from './entry.ts';
import { inFileTerms } from './differences-in-file-terms.ts';

/** Errors of a campaign, its file and the commands on it. */
export const campaignErrors = {
  CAMPAIGN_FILE_UNREADABLE: userError<{ file: string; cause: string }>(
    (d) => `The campaign file ${d.file} cannot be read: ${d.cause}`,
    'Give the path of a campaign file: npm run start-campaign -- FILE',
  ),
  CAMPAIGN_INVALID: userError<{ file: string; faults: string[] }>(
    (d) => `${d.file}: ${counted(d.faults.length, 'fault')}\n  ${d.faults.join('\n  ')}`,
    'Correct the lines above and start again; nothing was started.',
  ),
  /** Does not name the faults: this text reaches Temporal's history, which must not contain labels. */
  LABELS_INVALID: userError<{ count: number }>(
    (d) => `The labels cannot be used: ${counted(d.count, 'fault')}.`,
    'Check labels.csv against the inputs: one row per input, the columns named under `predictions`.',
  ),
  IMAGE_TOOL_MISSING: platformError<{ tool: string }>(
    (d) => `${d.tool}, which copies images, is not installed on this machine.`,
    (d) => `Install it: apt-get install ${d.tool}. Check it: npm run holdout -- doctor`,
  ),
  IMAGE_COPY_FAILED: platformError<{ image: string; detail: string }>(
    (d) => `The image ${d.image} could not be copied: ${d.detail}`,
    'Check disk space, the image store and its credentials. The failure does not count against the team.',
  ),
  IMAGE_UNKNOWN: userError<{ images: string[] }>(
    (d) =>
      `The registry does not know ${counted(d.images.length, 'image')} of the submissions file:\n  ${d.images.join('\n  ')}`,
    'Correct the references in the submissions file or push the images, then start again; nothing was started.',
  ),
  HAND_IN_CHANGED: userError<{ what: string; fault: string }>(
    (d) => `${d.what} changed after the campaign file was checked: ${d.fault}`,
    'Put it back and start again. Change nothing that the campaign file names until the start says that the campaign runs.',
  ),
  CAMPAIGN_CHANGED: userError<{ campaign: string; differences: string[]; commands: string[] }>(
    (d) =>
      `The campaign file, or what it names, is not what campaign ${d.campaign} was started with. The differences:\n  ${d.differences.map(inFileTerms).join('\n  ')}`,
    ({ commands }) =>
      commands.length === 0
        ? 'Restore what differs, or give the campaign another name.'
        : `Restore what differs, or change the campaign itself:\n    ${commands.join('\n    ')}`,
  ),
  CAMPAIGN_NEWER: platformError<{ campaign: string; version: number; newest: number }>(
    (d) =>
      `Campaign ${d.campaign} was started by a newer Holdout: its campaign.json has version ${d.version}, and this one reads ${d.newest}.`,
    'Take the version of Holdout that started it, for every worker and command; a worker of another version takes no tasks.',
  ),
  CAMPAIGN_UNKNOWN: userError<{ campaign: string }>(
    (d) => `There is no campaign named ${d.campaign}.`,
    'Check the name and HOLDOUT_HOME, or start it first: npm run start-campaign -- FILE',
  ),
  SUBMISSION_UNKNOWN: userError<{ campaign: string; submission: string; meant: string }>(
    (d) => `Campaign ${d.campaign} has no submission ${d.submission}${d.meant}.`,
    (d) => `List them: npm run holdout -- results ${d.campaign}`,
  ),
  NOTHING_TO_UNSEAL: userError<{ campaign: string; submission: string; what: string }>(
    (d) => `There is no ${d.what} of ${d.submission} in ${d.campaign}; nothing was recorded.`,
    (d) => `Its runs: npm run holdout -- show ${d.campaign} ${d.submission}`,
  ),
  PILOT_UNREADABLE: userError<{ file: string; cause: string }>(
    (d) => `The pilot's results cannot be read from ${d.file}: ${d.cause}`,
    'Delete that file. The plan then uses the campaign file alone; --pilot N measures again.',
  ),
  TEMPORAL_UNREACHABLE: platformError<{ address: string; cause: string }>(
    (d) => `Temporal cannot be reached at ${d.address}: ${d.cause}`,
    'Check TEMPORAL_ADDRESS or the profile; for the embedded stack: npm run holdout -- local status',
  ),
  CAMPAIGN_FAILED: platformError<{ campaign: string; cause: string }>(
    (d) => `The workflow of campaign ${d.campaign} failed without results: ${d.cause}`,
    'Start the campaign again; it continues from the records in S3.',
  ),
  CAMPAIGN_SILENT: platformError<{ campaign: string; seconds: number }>(
    (d) => `Campaign ${d.campaign} did not respond within ${d.seconds} s.`,
    (d) =>
      `Check that a worker runs (npm run worker), then check whether the command took effect: npm run holdout -- status ${d.campaign}`,
  ),
  CAMPAIGN_STUCK: platformError<{ campaign: string; stuck: string }>(
    (d) => `Campaign ${d.campaign} cannot load its state: ${d.stuck}`,
    (d) => `Remove the cause; the campaign retries by itself. Then: npm run holdout -- status ${d.campaign}`,
  ),
  CAMPAIGN_ENDED: userError<{ campaign: string; command: string }>(
    (d) => `Campaign ${d.campaign} is not running; ${d.command} needs a running campaign.`,
    (d) => `See its results: npm run holdout -- status ${d.campaign}; retry and rescore continue it.`,
  ),
  REFUSED: userError<{ campaign: string; command: string; cause: string }>(
    (d) => `Refused: ${d.command}: ${d.cause}`,
    (d) => `Nothing was changed. See npm run holdout -- status ${d.campaign}`,
  ),
  NOT_CONFIRMED: userError<{ question: string }>(
    (d) => `${d.question} There is no terminal to ask on; nothing was changed.`,
    'Pass --yes to confirm.',
  ),
  BATCH_NOT_READY: platformError<{ cause: string }>(
    (d) => `The local Batch endpoint did not become ready: ${d.cause}`,
    'See logs/batch.log under HOLDOUT_HOME, then start again; nothing is lost.',
  ),
  STACK_UNNAMED: userError<{ given: string | undefined }>(
    (d) =>
      `HOLDOUT_STACK is ${d.given === undefined ? 'not set' : JSON.stringify(d.given)}; a worker needs it to know which Temporal and AWS to use.`,
    'Set HOLDOUT_STACK=remote for your own; the embedded stack starts its workers itself.',
  ),
  STACK_DOWN: userError<{ home: string }>(
    (d) => `No embedded stack is up in ${d.home}.`,
    'Start it: npm run holdout -- local up, or npm run start-campaign. For your own Temporal and AWS, set HOLDOUT_STACK=remote.',
  ),
  USAGE: userError<{ message: string }>((d) => d.message, 'See npm run holdout -- --help'),
} as const;
