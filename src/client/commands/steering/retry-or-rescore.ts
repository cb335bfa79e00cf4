import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { addRounds, nextRounds } from '../../operator/added-rounds.ts';
import { campaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { costLines, deadlineLines } from '../../operator/cost-estimate.ts';
import { selectSubmissions } from '../../operator/select-submissions.ts';
import { namesOf } from '../../pseudonyms/names-of-campaign.ts';
import { noteOf, type Register } from '../command-context.ts';
import { withSelectionOptions, type SelectionOptions } from './selection.ts';

const verbs = {
  retry: { kind: 'evaluate', question: 'Evaluate them again?', done: 'they are evaluated again' },
  rescore: { kind: 'rescore', question: 'Score them again?', done: 'they are scored again' },
} as const;

const free =
  'this costs nothing: the predictions of each last successful run are scored again, and the new score counts';

/** Registers `retry` or `rescore`, by the name of the command. */
export const register: Register = (command, { withAccess, output }) => {
  const verb = command.name() === 'retry' ? 'retry' : 'rescore';
  const { kind, question, done } = verbs[verb];
  withSelectionOptions(command).action(
    withAccess<SelectionOptions>(async (access, campaign, { why, yes = false, ...filter }) => {
      const [known, names] = await Promise.all([campaignFromS3(access, campaign), namesOf(access, campaign)]);
      const { chosen, lines } = selectSubmissions(verb, filter, known, names);
      const cost = verb === 'retry' ? await costLines(access, known, chosen) : [free, ...deadlineLines(known.deadline)];
      if (!(await confirmed([...lines, ...cost], question, { yes, output }))) return exitStatus.failed;
      await addRounds(access, known.frozen, commandMessages[verb], nextRounds(chosen, kind), noteOf(why));
      output.say(`done: ${done}; follow them: npm run holdout -- watch ${campaign}`);
      return exitStatus.done;
    }),
  );
};
