import { startCampaign } from '../operator/start-campaign.ts';
import { jsonOption, yesOption, type Register } from './command-context.ts';

export const register: Register = (command, { output, end }) => {
  command
    .option('--detach', 'do not wait for the end')
    .option(...jsonOption)
    .option(...yesOption)
    .action(async (file: string | undefined, options: { detach?: true; json?: true; yes?: true }) =>
      end(await startCampaign({ ...options, ...(file !== undefined && { file }) }, output)),
    );
};
