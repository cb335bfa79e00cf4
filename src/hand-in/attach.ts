import { differences } from '../campaign/differences.ts';
import type { FrozenCampaign, Submission } from '../campaign/frozen-campaign.ts';
import { trouble } from '../errors.ts';
import { actsOf } from '../ledger/acts.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { changingCommands } from './changing-commands.ts';
import type { LocatedRow } from './hand-in-images.ts';
import type { HandedIn } from './hand-in.ts';
import type { HandInRooms } from './rooms.ts';

const mostDifferences = 20;

/**
 * Compares a file with the campaign that was started before: its frozen rules, and the rows of the hand-in with those that
 * were added since. Throws CAMPAIGN_CHANGED when more than further rows differs.
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
  const names = new Set(before.map(({ submission }) => submission));
  const appended = rows.filter(({ row }) => !names.has(row.submission));
  const present = rows.flatMap(({ row }) => (names.has(row.submission) ? [row] : []));
  const differing = [
    // A deadline in words counts from the first start; what was written is compared.
    ...differences(known, { ...fresh, deadline, manifest }),
    ...differences(bySubmission(before), bySubmission(present), 'submissions'),
  ];
  if (differing.length === 0) return { frozen: known, appended };
  const kept = new Set(present.map(({ submission }) => submission));
  const dropped = [...names].filter((submission) => !kept.has(submission));
  throw trouble('CAMPAIGN_CHANGED', {
    campaign,
    differences: differing.slice(0, mostDifferences),
    commands: changingCommands(known, fresh, dropped).slice(0, mostDifferences),
  });
}

const bySubmission = (rows: readonly Submission[]): Record<string, Submission> =>
  Object.fromEntries(rows.map((row) => [row.submission, row]));
