import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../../../campaign/model/units.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { noteOf, whyOption, type Register } from '../command-context.ts';
import { changeLimit } from './change-limit.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .requiredOption('--at <instant>', 'such as 2026-12-31T18:00:00Z', instantArgument)
    .option(...whyOption)
    .action(
      withAccess<{ at: string; why?: string }>(async (access, campaign, { at, why }) => {
        await changeLimit(access, campaign, commandMessages.setDeadline, { deadline: at, ...noteOf(why) }, output);
        output.say(`done: deadline ${at}`);
      }),
    );
};

function instantArgument(text: string): string {
  if (parseInstant(text) === undefined) throw new InvalidArgumentError('not an instant');
  return text;
}
