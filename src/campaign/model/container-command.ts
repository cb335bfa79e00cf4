import { fillIn, type Placeholder } from './placeholders.ts';
import type { FrozenCampaign, Submission } from './frozen-campaign.ts';
import { layouts } from './layouts.ts';
import type { RunSpec } from './run-spec.ts';

type Orders = Pick<RunSpec, 'paths' | 'environment' | 'command' | 'args' | 'rootFilesystem'>;

/**
 * What a run's spec says of its container beyond the image: paths and variables of the layout, program and arguments of the
 * row or else of the campaign, and what it may do with its root. Nothing for a campaign that says nothing. Pure.
 */
export function containerOrders(
  frozen: Pick<FrozenCampaign, 'layout' | 'predictions' | 'args' | 'command' | 'rootFilesystem'>,
  row: Pick<Submission, 'args' | 'command'>,
): Orders {
  const { input, output, environment } = layouts[frozen.layout ?? 'holdout'];
  const values: Record<Placeholder, string> = { input, output, predictions: `${output}/${frozen.predictions.file}` };
  const filled = (words: readonly string[]): string[] => words.map((word) => fillIn(word, values));
  const variables = Object.entries(environment).map(([name, value]) => [name, fillIn(value, values)] as const);
  const command = row.command ?? frozen.command;
  const args = row.args ?? frozen.args;
  return {
    ...(frozen.layout !== undefined && { paths: { input, output } }),
    ...(variables.length > 0 && { environment: Object.fromEntries(variables) }),
    ...(command !== undefined && { command: filled(command) }),
    ...(args !== undefined && { args: filled(args) }),
    ...(frozen.rootFilesystem !== undefined && { rootFilesystem: frozen.rootFilesystem }),
  };
}
