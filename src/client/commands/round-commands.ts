import { dollars } from '../../campaign/model/money.ts';
import { holdoutError } from '../../errors.ts';
import { commandMessages } from '../../workflows/messages.ts';
import type { Access } from '../access.ts';
import { addRounds, nextRounds } from '../operator/added-rounds.ts';
import { reasonOf, whyOption, yesOption, type CommandKit } from './command-context.ts';
import { mustRun } from '../status/query-progress.ts';
import {
  selectSubmissions,
  countOf,
  type Selection,
  type SelectingCommand,
  type SelectionFilter,
} from '../operator/select-submissions.ts';
import type { CommandName } from './command-list.ts';
import { confirmed } from '../confirm.ts';
import { deadlineLines, estimateLines, estimateOf } from '../operator/cost-estimate.ts';
import { exitStatus } from '../exit-status.ts';
import { campaignFromS3, type CampaignFromS3, type SubmissionFromS3 } from '../operator/campaign-from-s3.ts';
import { remainingLimits } from '../operator/remaining-limits.ts';
import { sendUpdate } from '../operator/send-command.ts';
import { runningSubmissions } from '../status/running-submissions.ts';

type ChoosingOptions = SelectionFilter & { why?: string; yes?: true };

/** The commands that send submissions through another round, or stop the one they are in. */
export function addRoundCommands({ command, withAccess, output }: CommandKit): void {
  const choosing = (verb: CommandName) =>
    command(verb)
      .option('--submission <id...>', 'these submissions')
      .option('--team <team>', 'those of a team')
      .option('--reason <reason>', 'those that ended, or whose last run failed, for a reason such as time-limit')
      .option(...whyOption)
      .option(...yesOption);

  choosing('retry').action(
    withAccess<ChoosingOptions>(async (access, campaign, { why, yes, ...wanted }) => {
      const known = await campaignFromS3(access, campaign);
      const { chosen, leftOut } = chosenBy('retry', wanted, known, new Set());
      const meaning = [
        `retry of ${countOf(chosen)}`,
        ...leftOutLines(leftOut),
        ...(await moneyLines(access, known, chosen)),
      ];
      if (!(await confirmed(meaning, 'Run them again?', { yes: yes ?? false, output }))) return exitStatus.failed;
      await addRounds(access, known.frozen, commandMessages.retry, nextRounds(chosen, 'evaluate'), reasonOf(why));
      output.say(`done: they run again; npm run holdout -- watch ${campaign}`);
      return exitStatus.done;
    }),
  );
  choosing('rescore').action(
    withAccess<ChoosingOptions>(async (access, campaign, { why, yes, ...wanted }) => {
      const known = await campaignFromS3(access, campaign);
      const { chosen, leftOut } = chosenBy('rescore', wanted, known, new Set());
      const meaning = [
        `rescore of ${countOf(chosen)}`,
        ...leftOutLines(leftOut),
        'it costs nothing: the predictions of each one’s last good run are scored again, and what comes out counts',
        ...deadlineLines(known.deadline, Date.now()),
      ];
      if (!(await confirmed(meaning, 'Score them again?', { yes: yes ?? false, output }))) return exitStatus.failed;
      await addRounds(access, known.frozen, commandMessages.rescore, nextRounds(chosen, 'rescore'), reasonOf(why));
      output.say(`done: they are scored again; npm run holdout -- watch ${campaign}`);
      return exitStatus.done;
    }),
  );
  choosing('cancel').action(
    withAccess<ChoosingOptions>(async (access, campaign, { why, yes, ...wanted }) => {
      await mustRun(access, campaign, 'cancel');
      const known = await campaignFromS3(access, campaign);
      const running = new Set((await runningSubmissions(access, campaign)).map(({ submission }) => submission));
      const { chosen, leftOut, reason } = chosenBy('cancel', wanted, known, running);
      const ended = chosen.filter(({ submission }) => running.has(submission)).length;
      const { expected } = estimateOf(chosen, known.submissions, known.frozen);
      const meaning = [
        `cancel of ${countOf(chosen)}`,
        ...leftOutLines(leftOut),
        `${ended} of them under way${reason && ended > 0 ? ` (of these, those whose last run ended with ${reason})` : ''}: ` +
          `jobs end, what they cost stays spent; ${chosen.length - ended} not begun yet`,
        ...(expected === null ? [] : [`without them the campaign costs up to about ${dollars(expected)} less`]),
      ];
      if (!(await confirmed(meaning, 'Cancel them?', { yes: yes ?? false, output }))) return exitStatus.failed;
      await sendUpdate(access, campaign, commandMessages.cancel, {
        ...(wanted.submission && { submissions: wanted.submission }),
        ...(wanted.team !== undefined && { team: wanted.team }),
        ...(reason && { because: reason }),
        ...reasonOf(why),
      });
      output.say(`done: cancelled${reason ? `, of those under way only what last ended with ${reason}` : ''}`);
      return exitStatus.done;
    }),
  );
}

/** Throws REFUSED with the ids of what cannot be. */
function chosenBy(
  act: SelectingCommand,
  wanted: SelectionFilter,
  known: CampaignFromS3,
  running: ReadonlySet<string>,
): Extract<Selection, { kind: 'chosen' }> {
  const choice = selectSubmissions(act, wanted, known.submissions, running);
  if (choice.kind === 'chosen') return choice;
  throw holdoutError('REFUSED', { campaign: known.frozen.campaign, act, cause: choice.because });
}

const leftOutLines = (leftOut: readonly string[]): string[] => leftOut.map((line) => `left out, ${line}`);

/** What rounds would cost, and whether budget and deadline allow it. */
async function moneyLines(
  access: Access,
  known: CampaignFromS3,
  chosen: readonly SubmissionFromS3[],
): Promise<string[]> {
  const estimate = estimateOf(chosen, known.submissions, known.frozen);
  return estimateLines(estimate, await remainingLimits(access, known), Date.now());
}
