import { dollars } from '../../campaign/model/money.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { holdoutError } from '../../errors.ts';
import { counted } from '../../safe-text.ts';
import { commandMessages } from '../../workflows/messages.ts';
import { reasonOf, whyOption, yesOption, type CommandKit } from './command-context.ts';
import { queryCampaign } from '../status/query-progress.ts';
import { confirmed } from '../confirm.ts';
import { exitStatus } from '../exit-status.ts';
import { frozenCampaign, isOpen, type CampaignFromS3 } from '../operator/campaign-from-s3.ts';
import { sendUpdateWithStart } from '../operator/send-command.ts';

/** The commands that bring a campaign to its end. */
export function addEndingCommands({ command, withAccess, output }: CommandKit): void {
  for (const { verb, update, question, meaning } of [
    {
      verb: 'close',
      update: commandMessages.close,
      question: 'Close it?',
      meaning: closingLines,
    },
    {
      verb: 'abort',
      update: commandMessages.abort,
      question: 'Abort it?',
      meaning: abortingLines,
    },
  ] as const) {
    command(verb)
      .option(...whyOption)
      .option(...yesOption)
      .action(
        withAccess<{ why?: string; yes?: true }>(async (access, campaign, { why, yes }) => {
          const now = await queryCampaign(access, campaign);
          if (now.kind === 'ended') throw holdoutError('CAMPAIGN_ENDED', { campaign, act: verb });
          const lines = now.kind === 'running' ? meaning(now.progress) : stoppedLines(now.known, verb);
          if (!(await confirmed(lines, question, { yes: yes ?? false, output }))) return exitStatus.failed;
          await sendUpdateWithStart(access, await frozenCampaign(access, campaign), update, reasonOf(why));
          output.say(`done: ${verb} ${campaign}`);
          return exitStatus.done;
        }),
      );
  }
}

/** What `close` does to a campaign that stands so. */
export const closingLines = (progress: CampaignProgress): string[] => [
  `${counted(progress.counts.running, 'job')} under way may finish; nothing more is started`,
  thrownAway(progress),
];

/** What `abort` does to a campaign that stands so. */
export const abortingLines = (progress: CampaignProgress): string[] => [
  `${counted(progress.counts.running, 'job')} under way end now, and what they did so far is thrown away; ` +
    `${dollars(progress.money.reserved)} were set aside for them`,
  thrownAway(progress),
];

/** Its jobs and submissions may go on without it. */
const stoppedLines = ({ submissions }: CampaignFromS3, verb: string): string[] => [
  `${counted(submissions.filter(isOpen).length, 'submission')} not ended, and nothing conducts them: ` +
    `the campaign’s workflow is started again for this ${verb}`,
];

const thrownAway = ({ counts, money }: CampaignProgress): string =>
  `${counts.queued + counts.preparing + counts.waiting} that wait for their turn or a run end without a result; ` +
  `the ${counts.finished + counts.failed} with a result keep it, and ${dollars(money.spent)} stay spent`;
