import { homeFolder } from '../../local/stack/home/home.ts';
import type { CommandKit } from './command-context.ts';
import { screenColumns } from '../output.ts';
import { keepStanding, campaignResults } from '../status/results.ts';

/** The commands that show what came of a campaign's submissions. */
export function addResults({ command, withAccess, output }: CommandKit): void {
  command('results')
    .option('--json', 'as one JSON object')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        const standing = await campaignResults(access, campaign);
        output.result(json ? JSON.stringify(standing.results, null, 2) : standing.text(screenColumns()));
      }),
    );
  command('leaderboard')
    .option('--csv', 'as teamId,teamName,submissionDate,score')
    .action(
      withAccess<{ csv?: true }>(async (access, campaign, { csv }) => {
        const standing = await campaignResults(access, campaign);
        output.result(csv ? standing.leaderboard.trimEnd() : standing.board(screenColumns()));
      }),
    );
  command('report').action(
    withAccess(async (access, campaign) => {
      output.result(await keepStanding(homeFolder(), await campaignResults(access, campaign)));
    }),
  );
}
