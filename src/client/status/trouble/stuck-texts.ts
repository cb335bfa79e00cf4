import type { StuckStep } from '../../../campaign/model/messages.ts';
import { instantText } from '../../../campaign/model/units.ts';
import { counted } from '../../../safe-text.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';

/** What a campaign that is stuck at an activity cannot do. */
export const stuckCampaignTexts: Record<string, string> = {
  takeStock: 'its records and running submissions cannot be read',
  openCampaign: 'its campaign file cannot be read',
  nextSubmissions: 'the next submissions cannot be read',
  takeRounds: 'added rounds cannot be read',
  findTeam: 'its teams cannot be read',
  recordActs: 'operator commands cannot be recorded',
  cancelQueued: 'queued submissions cannot be cancelled',
  endedAmong: 'unresponsive submissions cannot be checked',
  reconcile: 'lost submissions cannot be recorded',
  publishResults: 'its results cannot be published',
};

/** What a submission or a canary that is stuck at an activity cannot do. */
const stuckTexts: Record<string, string> = {
  pullImage: 'its image cannot be copied',
  submitBatchJob: 'its job cannot be submitted',
  awaitBatchJob: 'its job cannot be followed',
  placement: 'its job waits for a machine',
  probeGpuMemory: 'its probe cannot be read',
  scoreOutput: 'its predictions cannot be scored',
  recordResult: 'its record cannot be written',
  openSubmission: 'its state cannot be loaded',
  submitCanary: 'its job cannot be submitted',
  awaitCanary: 'its job cannot be followed',
  recordCanary: 'its record cannot be written',
};

/** One line about a submission with an activity that is retried again and again. */
export const stuckLine = ({ submission, ...step }: StuckStep & { submission: string }): string =>
  `${submission}: ${stuckStepText(step)}`;

/** `its job cannot be submitted (failed 5 times since …): why → what to do`. */
export function stuckStepText({ what, cause, tries, since }: StuckStep): string {
  const failed = tries === 0 ? '' : `failed ${counted(tries, 'time')} `;
  return `${stuckTexts[what] ?? what} (${failed}since ${instantText(since)}): ${cause}${arrowTo(nextStepAfter(cause))}`;
}
