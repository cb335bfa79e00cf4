import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { noteOf, numberArgument, whyOption, type Register } from '../command-context.ts';
import { changeLimit } from './change-limit.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .requiredOption('--usd <dollars>', 'the new total budget; more than the current one', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<{ usd: number; why?: string }>(async (access, campaign, { usd, why }) => {
        await changeLimit(access, campaign, commandMessages.raiseBudget, { usd, ...noteOf(why) }, output);
        output.say(`done: budget $${usd}`);
      }),
    );
};
