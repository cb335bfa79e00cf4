import { yesOption, type CommandKit } from './command-context.ts';
import { buildExample } from '../stack/example.ts';
import { checkOptions, type PlanOptions } from '../plan/plan-options.ts';
import { planCampaign } from '../plan/plan.ts';
import { startCampaign } from '../operator/start-campaign.ts';

/** Of an option that may be given again. */
const oneMore = (one: string, all: string[] = []): string[] => [...all, one];

/** The commands that take a campaign file. */
export function addStarting({ command, output, end }: CommandKit): void {
  command('start')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print the results as one JSON object on stdout')
    .option('--yes', 'ask nothing')
    .action(async (file: string | undefined, options: { detach?: true; json?: true; yes?: true }) =>
      end(await startCampaign({ ...options, ...(file !== undefined && { file }) }, output)),
    );
  command('plan')
    .option('--slots <class=n>', 'with other slots; may be given again', oneMore)
    .option('--only <class>', 'with this instance class alone; may be given again', oneMore)
    .option('--spot [share]', 'with on-demand classes as Spot, at this share of their price, such as --spot=30%')
    .option('--margin <share>', 'so much more capacity than just enough, such as 50%')
    .option('--json', 'as one JSON object on stdout')
    .option('--pilot <n>', 'first run so many drawn submissions, up to 9999, once on every class')
    .option(...yesOption)
    .option('--svg <file>', 'where the picture goes, an .svg; beside the campaign file if not said')
    .action(async (file: string | undefined, options: PlanOptions) => {
      checkOptions(options);
      end(await planCampaign(file ?? (await buildExample(output)), options, output));
    });
}
