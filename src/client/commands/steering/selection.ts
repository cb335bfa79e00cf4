import type { Command } from 'commander';
import { holdoutError } from '../../../errors.ts';
import type { CampaignFromS3 } from '../../operator/campaign-from-s3.ts';
import {
  countOf,
  selectSubmissions,
  type SelectingCommand,
  type Selection,
  type SelectionFilter,
} from '../../operator/select-submissions.ts';
import { whyOption, yesOption } from '../command-context.ts';

export type SelectionOptions = SelectionFilter & { why?: string; yes?: true };

/** Adds the options by which retry, rescore and cancel select submissions. */
export const withSelectionOptions = (command: Command): Command =>
  command
    .option('--submission <id...>', 'these submissions')
    .option('--team <team>', 'those of a team')
    .option('--reason <reason>', 'those that failed, or whose last run failed, for a reason such as time-limit')
    .option(...whyOption)
    .option(...yesOption);

/** The selected submissions with the lines that announce them. Throws REFUSED. */
export function selected(
  command: SelectingCommand,
  filter: SelectionFilter,
  known: CampaignFromS3,
  underWay: ReadonlySet<string> = new Set(),
): Extract<Selection, { kind: 'chosen' }> & { lines: string[] } {
  const selection = selectSubmissions(command, filter, known.submissions, underWay);
  if (selection.kind === 'refused') {
    throw holdoutError('REFUSED', { campaign: known.frozen.campaign, command, cause: selection.because });
  }
  const { chosen, leftOut } = selection;
  return {
    ...selection,
    lines: [`${command} of ${countOf(chosen)}`, ...leftOut.map((line) => `left out, ${line}`)],
  };
}
