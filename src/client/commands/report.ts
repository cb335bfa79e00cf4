import { homeFolder } from '../../local/stack/home/home.ts';
import { keepResultFiles } from '../status/result-files.ts';
import { campaignResults } from '../status/results.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.action(
    withAccess(async (access, campaign) => {
      output.result(await keepResultFiles(homeFolder(), await campaignResults(access, campaign)));
    }),
  );
};
