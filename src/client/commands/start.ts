import { startCampaign } from '../operator/start-campaign.ts';
import { jsonOption, yesOption, type Register } from './command-context.ts';

interface StartFlags {
  detach?: true;
  dryRun?: true;
  json?: true;
  yes?: true;
}

export const register: Register = (command, { output, end }) => {
  command
    .option('--detach', 'do not wait for the end')
    .option('--dry-run', 'remote stack: check everything, print the AWS calls, upload and start nothing')
    .option(...jsonOption)
    .option(...yesOption)
    .action(async (file: string | undefined, options: StartFlags) =>
      end(await startCampaign({ ...options, ...(file !== undefined && { file }) }, output)),
    );
};
