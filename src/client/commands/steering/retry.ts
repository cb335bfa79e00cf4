import { commandMessages } from '../../../workflows/messages.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { addRounds, nextRounds } from '../../operator/added-rounds.ts';
import { campaignFromS3 } from '../../operator/campaign-from-s3.ts';
import { estimateLines, estimateOf } from '../../operator/cost-estimate.ts';
import { remainingLimits } from '../../operator/remaining-limits.ts';
import { noteOf, type Register } from '../command-context.ts';
import { selected, withSelectionOptions, type SelectionOptions } from './selection.ts';

export const register: Register = (command, { withAccess, output }) => {
  withSelectionOptions(command).action(
    withAccess<SelectionOptions>(async (access, campaign, { why, yes = false, ...filter }) => {
      const known = await campaignFromS3(access, campaign);
      const { chosen, lines } = selected('retry', filter, known);
      const estimate = estimateOf(chosen, known.submissions, known.frozen);
      const money = estimateLines(estimate, await remainingLimits(access, known), Date.now());
      if (!(await confirmed([...lines, ...money], 'Evaluate them again?', { yes, output }))) return exitStatus.failed;
      await addRounds(access, known.frozen, commandMessages.retry, nextRounds(chosen, 'evaluate'), noteOf(why));
      output.say(`done: they are evaluated again; follow them: npm run holdout -- watch ${campaign}`);
      return exitStatus.done;
    }),
  );
};
