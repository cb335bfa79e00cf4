import type { Command } from 'commander';
import type { SelectionFilter } from '../../operator/select-submissions.ts';
import { whyOption, yesOption } from '../command-context.ts';

export type SelectionOptions = SelectionFilter & { why?: string; yes?: true };

/** Adds the options by which retry, rescore and cancel select submissions. */
export const withSelectionOptions = (command: Command): Command =>
  command
    .option('--submission <id...>', 'these submissions')
    .option('--team <team>', 'submissions of this team')
    .option(
      '--reason <reason>',
      'submissions that failed, or whose last run failed, for this reason, such as time-limit',
    )
    .option(...whyOption)
    .option(...yesOption);
