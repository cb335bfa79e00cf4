import type { Reason } from '../campaign/reasons.ts';
import { resultObjects } from '../ids.ts';
import { allRecords, appendRecord } from '../ledger/ledger.ts';
import { collectResults, leaderboardEntries } from '../ledger/results.ts';
import { leaderboardCsv, rankLeaderboard } from '../scoring/leaderboard.ts';
import type { Dependencies } from './dependencies.ts';
import { isRunning } from './reconcile.ts';

/**
 * Writes leaderboard.csv and results.json from the ledger. With `rest`, every submission without a record gets one first:
 * the campaign was closed before its turn came.
 */
export async function publishResults(
  deps: Dependencies,
  input: { campaign: string; rest: Reason | null },
): Promise<{ leaderboard: string; results: string }> {
  const frozen = await deps.frozen.campaign(input.campaign);
  const manifest = await deps.frozen.manifest(input.campaign);
  const bucket = deps.buckets.results;
  if (input.rest) await closeTheRest(deps, input.campaign, input.rest);
  const results = await collectResults(deps.store, bucket, frozen, manifest);
  const keys = {
    leaderboard: resultObjects.leaderboard(input.campaign),
    results: resultObjects.results(input.campaign),
  };
  const board = rankLeaderboard(leaderboardEntries(results), frozen.leaderboard);
  await deps.store.write(bucket, keys.leaderboard, leaderboardCsv(board));
  await deps.store.write(bucket, keys.results, `${JSON.stringify(results, null, 2)}\n`);
  return keys;
}

async function closeTheRest(deps: Dependencies, campaign: string, reason: Reason): Promise<void> {
  const known = await allRecords(deps.store, deps.buckets.results, campaign);
  const { teams } = await deps.frozen.manifest(campaign);
  for (const { team, submissions } of teams) {
    for (const { submission } of submissions) {
      // A campaign that lost its state may be closed before it knows of a child that runs on and will record itself.
      if (known.has(submission) || (await isRunning(deps, campaign, submission))) continue;
      await appendRecord(deps.store, deps.buckets.results, {
        version: 1,
        campaign,
        submission,
        team,
        sequence: 1,
        predecessor: null,
        state: 'cancelled',
        reason,
        detail: 'The campaign was closed before its turn came.',
        runs: [],
        score: null,
        image: null,
      });
    }
  }
}
