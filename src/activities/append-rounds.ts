import { roundKeyOf, workListOf } from '../campaign/model/rounds.ts';
import { workByTeam, type AddedRounds } from '../campaign/model/work-list.ts';
import { digestInKey, readByDigest } from '../ledger/read-pinned.ts';
import { resultObjects } from '../object-keys.ts';
import { finalRounds } from '../ledger/ledger.ts';
import { publishedOrder } from '../ledger/published-order.ts';
import { keepWorkList } from '../ledger/work-lists.ts';
import type { Dependencies } from './dependencies.ts';
import { workOf, type OpenedCampaign } from './open-campaign.ts';

/**
 * Writes another work list with the rounds that an operator added, except those that are final or already listed. Returns
 * null if the key is not that of added rounds of this campaign, which anybody can write into an update, or has no object.
 */
export async function appendRounds(
  deps: Dependencies,
  { campaign, workLists, added }: { campaign: string; workLists: readonly string[]; added: string },
): Promise<(Pick<OpenedCampaign['work'], 'workLists'> & Pick<OpenedCampaign, 'work'>) | null> {
  const { store, buckets } = deps;
  if (added !== resultObjects.added(campaign, digestInKey(added))) return null;
  if ((await store.size(buckets.results, added)) === undefined) return null;
  const request = await readByDigest<AddedRounds>(deps.results, added);
  const frozen = await deps.frozen.campaign(campaign);
  const known = await deps.frozen.work(campaign, workLists);
  const final = await finalRounds(deps.results, campaign);
  const listed = new Set(known.flatMap(({ rounds }) => rounds.map(roundKeyOf)));
  const newRounds = request.rounds.filter(
    (round) => !listed.has(roundKeyOf(round)) && round.sequence > (final.get(round.submission) ?? 0),
  );
  if (newRounds.length === 0) return { workLists, work: workOf(frozen, workLists, known) };
  const teams = publishedOrder(frozen.fairness.seed, new Set(newRounds.map(({ team }) => team)));
  const list = workListOf(teams, newRounds, () => false);
  const extended = [...workLists, await keepWorkList(deps.results, campaign, list)];
  const work = workByTeam([{ version: 1, teams: known }, list]);
  return { workLists: extended, work: workOf(frozen, extended, work) };
}
