import { fillPlaceholders, type Placeholder } from './placeholders.ts';
import type { FrozenCampaign, Submission } from './frozen-campaign.ts';
import { layouts } from './layouts.ts';
import type { RunSpec } from './run-spec.ts';

type ContainerSettings = Pick<RunSpec, 'paths' | 'environment' | 'command' | 'args' | 'rootFilesystem'>;

/**
 * The container settings of a run's spec: paths and variables of the layout, command and arguments of the row or else of the
 * campaign, and the root file system. Settings that the campaign leaves out are left out here too.
 */
export function containerSettings(
  frozen: Pick<FrozenCampaign, 'layout' | 'predictions' | 'args' | 'command' | 'rootFilesystem'>,
  row: Pick<Submission, 'args' | 'command'>,
): ContainerSettings {
  const { input, output, environment } = layouts[frozen.layout ?? 'holdout'];
  const values: Record<Placeholder, string> = { input, output, predictions: `${output}/${frozen.predictions.file}` };
  const filled = (words: readonly string[]): string[] => words.map((word) => fillPlaceholders(word, values));
  const variables = Object.entries(environment).map(
    ([name, value]) => [name, fillPlaceholders(value, values)] as const,
  );
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
