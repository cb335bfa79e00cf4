import { Context } from '@temporalio/activity';
import type { Reason } from '../campaign/model/reasons.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { cancelRounds } from '../ledger/cancelled-records.ts';
import { commandsOf } from '../ledger/command-log.ts';
import { finalRounds } from '../ledger/ledger.ts';
import type { Dependencies } from './dependencies.ts';
import { cancelAmong, notRunning } from './running-workflows.ts';

/** Records every round without a record as cancelled: the campaign was closed before the round's turn. */
export async function closeUnstartedRounds(deps: Dependencies, campaign: string, reason: Reason): Promise<void> {
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
  await cancelRounds(results, campaign, rest, { reason, detail: 'The campaign was closed before its turn came.' });
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
