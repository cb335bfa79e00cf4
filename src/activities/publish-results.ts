import type { Reason } from '../campaign/model/reasons.ts';
import { readCampaignRecord } from '../ledger/campaign-record.ts';
import { headsBody, type Heads } from '../ledger/heads.ts';
import { leaderboardEntries, resultsBody, resultsFrom } from '../ledger/results.ts';
import { leaderboardCsv, rankLeaderboard } from '../scoring/leaderboard.ts';
import { closeUnstartedRounds } from './close-unstarted-rounds.ts';
import type { Dependencies } from './dependencies.ts';
import { resultObjects } from '../object-keys.ts';
import { sha256 } from '../sha256.ts';

/**
 * Writes leaderboard.csv, results.json and heads.json from the ledger. With `rest`, first records every round without a record as
 * cancelled with that reason, because the campaign was closed before the round's turn.
 */
export async function publishResults(
  deps: Dependencies,
  { campaign, rest }: { campaign: string; rest: Reason | null },
): Promise<{ leaderboard: string; results: string }> {
  const { store, buckets } = deps;
  const frozen = await deps.frozen.campaign(campaign);
  if (rest) await closeUnstartedRounds(deps, campaign, rest);
  const record = await readCampaignRecord(deps.results, frozen);
  const results = await resultsFrom(deps.results, frozen, record);
  const keys = { leaderboard: resultObjects.leaderboard(campaign), results: resultObjects.results(campaign) };
  const board = leaderboardCsv(rankLeaderboard(leaderboardEntries(results), frozen.leaderboard));
  const body = resultsBody(results);
  const heads: Heads = {
    version: 1,
    campaign: await deps.frozen.digest(campaign),
    ...record.heads,
    results: sha256(body),
    leaderboard: sha256(board),
  };
  await store.write(buckets.results, keys.leaderboard, board);
  await store.write(buckets.results, keys.results, body);
  await store.write(buckets.results, resultObjects.heads(campaign), headsBody(heads));
  return keys;
}
