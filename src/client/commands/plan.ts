import { checkOptions, type PlanOptions } from '../plan/plan-options.ts';
import { planCampaign } from '../plan/plan-campaign.ts';
import { buildExample } from '../stack/example.ts';
import { jsonOption, yesOption, type Register } from './command-context.ts';

/** Collects an option that may be repeated. */
const collect = (value: string, values: string[] = []): string[] => [...values, value];

export const register: Register = (command, { output, end }) => {
  command
    .option('--slots <class=n>', 'plan with another number of slots; may be repeated', collect)
    .option('--only <class>', 'plan with this instance class alone; may be repeated', collect)
    .option('--spot [share]', 'plan on-demand classes as Spot at this share of their price, such as --spot=30%')
    .option('--margin <share>', 'add this much capacity to the minimum, such as 50%')
    .option(...jsonOption)
    .option('--pilot <n>', 'first run a sample of this many submissions, up to 9999, once on every class')
    .option(...yesOption)
    .option('--svg <file>', 'path of the picture; default: beside the campaign file')
    .action(async (file: string | undefined, options: PlanOptions) => {
      checkOptions(options);
      end(await planCampaign(file ?? (await buildExample(output)), options, output));
    });
};
