import { Context } from '@temporalio/activity';
import type { Reason } from '../campaign/model/reasons.ts';
import { commandsOf } from '../ledger/command-log.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { closeRounds } from '../ledger/close-rounds.ts';
import { finalRounds } from '../ledger/ledger.ts';
import { readCampaignRecord } from '../ledger/campaign-record.ts';
import { headsBody, type Heads } from '../ledger/heads.ts';
import { leaderboardEntries, resultsBody, resultsFrom } from '../ledger/results.ts';
import { leaderboardCsv, rankLeaderboard } from '../scoring/leaderboard.ts';
import type { Dependencies } from './dependencies.ts';
import { cancelAmong, notRunning } from './submission-workflows.ts';
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
  if (rest) await closeTheRest(deps, campaign, rest);
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

async function closeTheRest(deps: Dependencies, campaign: string, reason: Reason): Promise<void> {
  const { results } = deps;
  const { rounds } = await campaignRounds(
    results,
    await deps.frozen.campaign(campaign),
    await commandsOf(results, campaign),
  );
  const final = await finalRounds(results, campaign);
  const open = rounds.filter(({ submission, sequence }) => sequence > (final.get(submission) ?? 0));
  const idle = await endedBy(deps, campaign, new Set(open.map(({ submission }) => submission)));
  const rest = open.filter(({ submission }) => idle.has(submission));
  await closeRounds(results, campaign, rest, { reason, detail: 'The campaign was closed before its turn came.' });
}

/** A cancelled submission has recorded its round after at most half a minute, in ms. */
const recordsWithin = 60_000;

/**
 * Cancels workflows that the campaign does not know, which started just as it lost its state. Returns the submissions without a
 * workflow. One that cannot end, since its workers have other code, will write its record later.
 */
async function endedBy(deps: Dependencies, campaign: string, submissions: ReadonlySet<string>): Promise<Set<string>> {
  const until = Date.now() + recordsWithin;
  const ended = await notRunning(deps, campaign, submissions);
  const stragglers = [...submissions].filter((submission) => !ended.has(submission));
  await cancelAmong(deps, campaign, stragglers);
  for (let left = stragglers; left.length > 0 && Date.now() < until;) {
    await Context.current().sleep(1_000);
    for (const submission of await notRunning(deps, campaign, left)) ended.add(submission);
    left = left.filter((submission) => !ended.has(submission));
  }
  return ended;
}
