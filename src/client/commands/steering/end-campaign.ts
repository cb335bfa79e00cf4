import type { UpdateDefinition } from '@temporalio/common';
import { dollars } from '../../../campaign/model/money.ts';
import type { Attribution } from '../../../campaign/operators/operator-commands.ts';
import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { holdoutError } from '../../../errors.ts';
import { counted } from '../../../safe-text.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { frozenCampaign, isOpen, type CampaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { sendUpdateWithStart } from '../../operator/send-command.ts';
import { queryCampaign } from '../../status/query-progress.ts';
import { noteOf, whyOption, yesOption, type Register } from '../command-context.ts';

interface Ending {
  verb: 'close' | 'abort';
  update: UpdateDefinition<void, [Attribution]>;
  question: string;
  /** Its effect on running jobs. */
  jobsLine: (progress: CampaignProgress) => string;
}

/** The command that ends a campaign as `ending` says. */
export const endCampaign =
  ({ verb, update, question, jobsLine }: Ending): Register =>
  (command, { withAccess, output }) => {
    command
      .option(...whyOption)
      .option(...yesOption)
      .action(
        withAccess<{ why?: string; yes?: true }>(async (access, campaign, { why, yes = false }) => {
          const now = await queryCampaign(access, campaign);
          if (now.kind === 'ended') throw holdoutError('CAMPAIGN_ENDED', { campaign, command: verb });
          const meaning =
            now.kind === 'running' ? [jobsLine(now.progress), lostLine(now.progress)] : [stoppedLine(now.known, verb)];
          if (!(await confirmed(meaning, question, { yes, output }))) return exitStatus.failed;
          await sendUpdateWithStart(access, await frozenCampaign(access, campaign), update, noteOf(why));
          output.say(`done: ${verb} ${campaign}`);
          return exitStatus.done;
        }),
      );
  };

const lostLine = ({ counts, money }: CampaignProgress): string =>
  `${counts.queued + counts.preparing + counts.waiting} queued or waiting for a run end without a result; ` +
  `${counts.finished + counts.failed} with a result keep it; ${dollars(money.spent)} stay spent`;

/** Jobs and submissions may continue without the campaign's workflow. */
const stoppedLine = ({ submissions }: CampaignFromS3, verb: string): string =>
  `${counted(submissions.filter(isOpen).length, 'submission')} not ended, and the campaign’s workflow does not run: ` +
  `${verb} starts it again`;
