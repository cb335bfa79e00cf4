import { commandMessages } from '../../../workflows/messages.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { addRounds, nextRounds } from '../../operator/added-rounds.ts';
import { campaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { deadlineLines } from '../../operator/cost-estimate.ts';
import { noteOf, type Register } from '../command-context.ts';
import { selected, withSelectionOptions, type SelectionOptions } from './selection.ts';

export const register: Register = (command, { withAccess, output }) => {
  withSelectionOptions(command).action(
    withAccess<SelectionOptions>(async (access, campaign, { why, yes = false, ...filter }) => {
      const known = await campaignFromS3(access, campaign);
      const { chosen, lines } = selected('rescore', filter, known);
      const meaning = [
        ...lines,
        'it costs nothing: the predictions of each one’s last successful run are scored again; the new score counts',
        ...deadlineLines(known.deadline, Date.now()),
      ];
      if (!(await confirmed(meaning, 'Score them again?', { yes, output }))) return exitStatus.failed;
      await addRounds(access, known.frozen, commandMessages.rescore, nextRounds(chosen, 'rescore'), noteOf(why));
      output.say(`done: they are scored again; follow them: npm run holdout -- watch ${campaign}`);
      return exitStatus.done;
    }),
  );
};
