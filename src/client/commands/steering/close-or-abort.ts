import { dollars } from '../../../campaign/model/money.ts';
import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { holdoutError } from '../../../errors.ts';
import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { frozenCampaign, isOpen, type CampaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { sendUpdateWithStart } from '../../operator/send-command.ts';
import { queryCampaign } from '../../status/query-progress.ts';
import { noteOf, whyOption, yesOption, type Register } from '../command-context.ts';
import { stopWithoutRecord } from './without-record.ts';

/** Registers `close` or `abort`, by the name of the command. */
export const register: Register = (command, { withAccess, output }) => {
  const verb = command.name() === 'abort' ? 'abort' : 'close';
  command
    .option(...whyOption)
    .option(...yesOption)
    .action(
      withAccess<{ why?: string; yes?: true }>(
        async (access, campaign, { why, yes = false }) => {
          const now = await queryCampaign(access, campaign);
          if (now.kind === 'ended') throw holdoutError('CAMPAIGN_ENDED', { campaign, command: verb });
          const meaning =
            now.kind === 'running'
              ? [jobsLines[verb](now.progress), lostLine(now.progress)]
              : [stoppedLine(now.known, verb)];
          if (!(await confirmed(meaning, questions[verb], { yes, output }))) return exitStatus.failed;
          await sendUpdateWithStart(access, await frozenCampaign(access, campaign), commandMessages[verb], noteOf(why));
          output.say(`done: ${verb} ${campaign}`);
          return exitStatus.done;
        },
        verb === 'abort'
          ? (access, campaign, { why, yes = false }, fault) =>
              stopWithoutRecord(access, campaign, { ...wholeCampaign, message: noteOf(why) }, fault, { yes, output })
          : undefined,
      ),
    );
};

const questions = { close: 'Close it?', abort: 'Abort it?' } as const;

const wholeCampaign = {
  command: 'abort',
  question: questions.abort,
  choice: {},
  update: commandMessages.abort,
} as const;

const jobsLines = {
  close: ({ counts }: CampaignProgress) => `${counted(counts.running, 'running job')} may finish; nothing else starts`,
  abort: ({ counts, money }: CampaignProgress) =>
    `${counted(counts.running, 'running job')} will be stopped and their work is lost; ` +
    `${dollars(money.reserved)} was reserved for them`,
};

const lostLine = ({ counts, money }: CampaignProgress): string =>
  `${counted(counts.queued + counts.preparing + counts.waiting, 'queued or waiting submission')} will end without a ` +
  `result; results kept: ${counts.finished + counts.failed}; already spent: ${dollars(money.spent)}`;

/** Jobs and submissions may continue without the campaign's workflow. */
const stoppedLine = ({ submissions }: CampaignFromS3, verb: string): string =>
  `open submissions: ${submissions.filter(isOpen).length}; the campaign’s workflow is not running, so ${verb} restarts it`;
