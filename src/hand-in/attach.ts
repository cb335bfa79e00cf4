import { differences } from '../campaign/differences.ts';
import type { FrozenCampaign, Submission } from '../campaign/frozen-campaign.ts';
import { leftByOperators, lessWhatIsDone } from '../campaign/left-by-operators.ts';
import { trouble } from '../errors.ts';
import { actsOf, takenActs } from '../ledger/acts.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { changingCommands } from './changing-commands.ts';
import type { LocatedRow } from './hand-in-images.ts';
import type { HandedIn } from './hand-in.ts';
import type { HandInRooms } from './rooms.ts';

const mostDifferences = 20;

/**
 * Compares a file with the campaign that was started before: its frozen rules, with or without what operators changed of
 * them, and the rows of the hand-in with those that were added since. Throws CAMPAIGN_CHANGED when more than further rows differs.
 */
export async function attach(
  { store, buckets }: HandInRooms,
  known: FrozenCampaign,
  fresh: FrozenCampaign,
  rows: readonly LocatedRow[],
): Promise<HandedIn> {
  const { campaign, deadline, manifest } = known;
  const acts = await actsOf(store, buckets.results, campaign);
  const { submissions: before } = await campaignRounds(store, buckets.results, campaign, acts);
  const left = leftByOperators(known, takenActs(acts));
  const names = new Set(before.map(({ submission }) => submission));
  const appended = rows.filter(({ row }) => !names.has(row.submission));
  const present = rows.flatMap(({ row }) => (names.has(row.submission) ? [row] : []));
  const kept = new Set(present.map(({ submission }) => submission));
  const stillWanted = before.filter(({ submission }) => kept.has(submission) || !left.cancelled.has(submission));
  const differing = [
    // A deadline in words counts from the first start; what was written is compared.
    ...differences(known, { ...lessWhatIsDone(known, fresh, left), deadline, manifest }),
    ...differences(bySubmission(stillWanted), bySubmission(present), 'submissions'),
  ];
  if (differing.length === 0) return { frozen: known, appended };
  const dropped = stillWanted.flatMap(({ submission }) => (kept.has(submission) ? [] : submission));
  throw trouble('CAMPAIGN_CHANGED', {
    campaign,
    differences: differing.slice(0, mostDifferences),
    commands: changingCommands(known, lessWhatIsDone(known, fresh, left), dropped).slice(0, mostDifferences),
  });
}

const bySubmission = (rows: readonly Submission[]): Record<string, Submission> =>
  Object.fromEntries(rows.map((row) => [row.submission, row]));
