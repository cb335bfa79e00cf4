import { dollars } from '../campaign/money.ts';
import type { CampaignProgress } from '../campaign/progress.ts';
import { counted } from '../safe-text.ts';
import * as messages from '../workflows/messages.ts';
import { reasonOf, whyOption, yesOption, type CommandKit } from './campaign-command.ts';
import { mustRun, progressOfCampaign } from './campaign-now.ts';
import { confirmed } from './confirm.ts';
import { exitStatus } from './exit-status.ts';
import { sendUpdate } from './steer.ts';

/** The commands that bring a campaign to its end. */
export function addEndingCommands({ onCampaign, withAccess, output }: CommandKit): void {
  for (const { verb, update, description, question, meaning } of [
    {
      verb: 'close',
      update: messages.closeUpdate,
      description: 'start nothing more, let running jobs finish, publish the results',
      question: 'Close it?',
      meaning: closingLines,
    },
    {
      verb: 'abort',
      update: messages.abortUpdate,
      description: 'end every job and submission now, publish the results',
      question: 'Abort it?',
      meaning: abortingLines,
    },
  ] as const) {
    onCampaign(verb, description)
      .option(...whyOption)
      .option(...yesOption)
      .action(
        withAccess<{ why?: string; yes?: true }>(async (access, campaign, { why, yes }) => {
          await mustRun(access, campaign, verb);
          const lines = meaning(await progressOfCampaign(access, campaign));
          if (!(await confirmed(lines, question, { yes: yes ?? false, output }))) return exitStatus.failed;
          await sendUpdate(access, campaign, update, reasonOf(why));
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

const thrownAway = ({ counts, money }: CampaignProgress): string =>
  `${counts.queued + counts.preparing + counts.waiting} that wait for their turn or a run end without a result; ` +
  `the ${counts.finished + counts.failed} with a result keep it, and ${dollars(money.spent)} stay spent`;
