import { screenColumns } from '../output.ts';
import { campaignResults, resultsJson } from '../status/results.ts';
import { jsonOption, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.option(...jsonOption).action(
    withAccess<{ json?: true }>(async (access, campaign, { json }) => {
      const view = await campaignResults(access, campaign);
      output.result(json ? resultsJson(view) : view.text(screenColumns()));
    }),
  );
};
