import { dollars } from '../../../campaign/model/money.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { counted } from '../../../safe-text.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { campaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { estimateOf } from '../../operator/cost-estimate.ts';
import { sendUpdate } from '../../operator/send-command.ts';
import { requireRunning } from '../../status/query-progress.ts';
import { runningSubmissions } from '../../status/running-submissions.ts';
import { selectSubmissions } from '../../operator/select-submissions.ts';
import { noteOf, type Register } from '../command-context.ts';
import { namesOf } from '../../pseudonyms/names-of-campaign.ts';
import { choiceSubject } from '../../pseudonyms/subject.ts';
import { withSelectionOptions, type SelectionOptions } from './selection.ts';
import { stopWithoutRecord } from './without-record.ts';

const question = 'Cancel them?';

export const register: Register = (command, { withAccess, output }) => {
  withSelectionOptions(command).action(
    withAccess<SelectionOptions>(
      async (access, campaign, { why, yes = false, ...filter }) => {
        await requireRunning(access, campaign, 'cancel');
        const [known, names] = await Promise.all([campaignFromS3(access, campaign), namesOf(access, campaign)]);
        const running = new Set((await runningSubmissions(access, campaign)).map(({ submission }) => submission));
        const { chosen, lines, reason } = selectSubmissions('cancel', filter, known, names, running);
        const underWay = chosen.filter(({ submission }) => running.has(submission)).length;
        const { expected } = estimateOf(chosen, known);
        const only = reason && underWay > 0 ? ` (of these, only those whose last run failed with ${reason})` : '';
        const meaning = [
          ...lines,
          `${underWay} under way${only}: their jobs are stopped, but money already spent is not recovered; ` +
            `${chosen.length - underWay} not started yet`,
          ...(expected === null ? [] : [`without them the campaign costs up to about ${dollars(expected)} less`]),
        ];
        if (!(await confirmed(meaning, question, { yes, output }))) return exitStatus.failed;
        await sendUpdate(access, campaign, commandMessages.cancel, {
          ...choiceSubject(filter, names),
          ...(reason && { because: reason }),
          ...noteOf(why),
        });
        output.say(`done: cancelled${only}`);
        return exitStatus.done;
      },
      (access, campaign, options, fault) => {
        const { team, submission, reason, yes = false } = options;
        if (reason !== undefined || (team ?? submission) === undefined) throw fault;
        return stopWithoutRecord(access, campaign, withoutRecordOf(options), fault, { yes, output });
      },
    ),
  );
};

/** What can be chosen without the record: a team as Temporal's list shows it, and submissions by their ids. */
function withoutRecordOf({ team, submission: submissions, why }: SelectionOptions) {
  const choice = { ...(team !== undefined && { team }), ...(submissions && { submissions }) };
  // By their number: operators who see pseudonyms must not read ids in the log.
  const shown = submissions && { shownAs: counted(submissions.length, 'submission') };
  const message = { ...choice, ...shown, ...noteOf(why) };
  return { command: 'cancel', question, choice, update: commandMessages.cancel, message } as const;
}
