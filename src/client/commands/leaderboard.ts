import { screenColumns } from '../output.ts';
import { campaignResults } from '../status/results.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.option('--csv', 'print teamId,teamName,submissionDate,score').action(
    withAccess<{ csv?: true }>(async (access, campaign, { csv }) => {
      const view = await campaignResults(access, campaign);
      output.result(csv ? view.leaderboard.trimEnd() : view.board(screenColumns()));
    }),
  );
};
