import { homeFolder } from '../../local/stack/home/home.ts';
import { campaignResults, keepResults } from '../status/results.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.action(
    withAccess(async (access, campaign) => {
      output.result(await keepResults(homeFolder(), await campaignResults(access, campaign)));
    }),
  );
};
