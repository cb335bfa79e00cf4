import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { costOfRuns, dollars } from '../campaign/money.ts';
import { resultObjects } from '../ids.ts';
import { collectResults, leaderboardEntries, type CampaignResults } from '../ledger/results.ts';
import { leaderboardCsv, rankLeaderboard } from '../scoring/leaderboard.ts';
import { trouble } from '../errors.ts';
import type { Access } from './access.ts';
import { table } from './output.ts';

export interface Standing {
  results: CampaignResults;
  /** leaderboard.csv as of now. */
  leaderboard: string;
  /** The board as a table for people. */
  board: string;
  /** The final report as text, which begins with the board. */
  text: string;
}

/** Where a campaign stands, from S3 alone. Throws CAMPAIGN_UNKNOWN. */
export async function standingOf({ store, buckets, frozen }: Access, campaign: string): Promise<Standing> {
  if ((await store.size(buckets.results, resultObjects.campaign(campaign))) === undefined) {
    throw trouble('CAMPAIGN_UNKNOWN', { campaign });
  }
  const rules = await frozen.campaign(campaign);
  const results = await collectResults(store, buckets.results, rules);
  const rows = rankLeaderboard(leaderboardEntries(results), rules.leaderboard);
  const board = table(
    ['rank', 'team', rules.metric, 'submission'],
    rows.map((row) => [String(row.rank), row.teamName, row.score.toFixed(6), row.submission]),
  );
  const text = [board, submissionTable(results), costTable(results)].join('\n\n');
  return { results, leaderboard: leaderboardCsv(rows), board, text };
}

/** Keeps a standing as files in `<home>/results/<campaign>/` and answers that folder. */
export async function keepStanding(home: string, { results, leaderboard, text }: Standing): Promise<string> {
  const folder = join(home, 'results', results.campaign);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mode = 0o600;
  await writeFile(join(folder, 'leaderboard.csv'), leaderboard, { mode });
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`, { mode });
  await writeFile(join(folder, 'report.txt'), `${text}\n`, { mode });
  return folder;
}

function submissionTable({ submissions }: CampaignResults): string {
  return table(
    ['submission', 'team', 'state', 'reason', 'runs', 'cost'],
    submissions.map(({ submission, team, state, reason, detail, runs }) => [
      submission,
      team,
      state,
      [reason, detail].filter((part) => part !== null).join(': '),
      runs
        .map((run) => `${run.purpose === 'probe' ? 'probe ' : ''}${run.class}${run.reason ? ` ${run.reason}` : ''}`)
        .join(', '),
      dollars(costOfRuns(runs)),
    ]),
  );
}

function costTable({ costByClass, costMicroUsd }: CampaignResults): string {
  return table(
    ['class', 'runs', 'billed', 'cost'],
    [
      ...Object.entries(costByClass).map(([name, total]) => [
        name,
        String(total.runs),
        `${total.billedSeconds} s`,
        dollars(total.costMicroUsd),
      ]),
      ['total', '', '', dollars(costMicroUsd)],
    ],
  );
}
