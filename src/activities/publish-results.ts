import type { Reason } from '../campaign/model/reasons.ts';
import { commandsOf } from '../ledger/command-log.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { closeRounds } from '../ledger/close-rounds.ts';
import { finalRounds } from '../ledger/ledger.ts';
import { collectResults, leaderboardEntries } from '../ledger/results.ts';
import { leaderboardCsv, rankLeaderboard } from '../scoring/leaderboard.ts';
import type { Dependencies } from './dependencies.ts';
import { notRunning } from './submission-workflows.ts';
import { resultObjects } from '../object-keys.ts';

/**
 * Writes leaderboard.csv and results.json from the ledger. With `rest`, first records every round without a record as
 * cancelled with that reason, because the campaign was closed before the round's turn.
 */
export async function publishResults(
  deps: Dependencies,
  { campaign, rest }: { campaign: string; rest: Reason | null },
): Promise<{ leaderboard: string; results: string }> {
  const { store, buckets } = deps;
  const frozen = await deps.frozen.campaign(campaign);
  if (rest) await closeTheRest(deps, campaign, rest);
  const results = await collectResults(deps.results, frozen);
  const keys = { leaderboard: resultObjects.leaderboard(campaign), results: resultObjects.results(campaign) };
  const board = rankLeaderboard(leaderboardEntries(results), frozen.leaderboard);
  await store.write(buckets.results, keys.leaderboard, leaderboardCsv(board));
  await store.write(buckets.results, keys.results, `${JSON.stringify(results, null, 2)}\n`);
  return keys;
}

async function closeTheRest(deps: Dependencies, campaign: string, reason: Reason): Promise<void> {
  const { results } = deps;
  const { rounds } = await campaignRounds(results, campaign, await commandsOf(results, campaign));
  const final = await finalRounds(results, campaign);
  const open = rounds.filter(({ submission, sequence }) => sequence > (final.get(submission) ?? 0));
  // A campaign that lost its state may be closed before it knows of a workflow that still runs and will write its record.
  const idle = await notRunning(deps, campaign, new Set(open.map(({ submission }) => submission)));
  const rest = open.filter(({ submission }) => idle.has(submission));
  await closeRounds(results, campaign, rest, { reason, detail: 'The campaign was closed before its turn came.' });
}
