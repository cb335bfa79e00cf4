import type { Reason } from '../campaign/model/reasons.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { cancelRounds } from '../ledger/cancelled-records.ts';
import { commandsOf } from '../ledger/command-log.ts';
import { finalRounds } from '../ledger/ledger.ts';
import type { Dependencies } from './dependencies.ts';
import { notRunning } from './running-workflows.ts';

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
  // A campaign that lost its state may be closed before it knows of a workflow that still runs and will write its record.
  const idle = await notRunning(deps, campaign, new Set(open.map(({ submission }) => submission)));
  const rest = open.filter(({ submission }) => idle.has(submission));
  await cancelRounds(results, campaign, rest, { reason, detail: 'The campaign was closed before its turn came.' });
}
