import { roundKeyOf, workListOf } from '../campaign/model/rounds.ts';
import { workByTeam, type AddedRounds } from '../campaign/model/work-list.ts';
import { finalRounds } from '../ledger/ledger.ts';
import { publishedOrder } from '../ledger/published-order.ts';
import { keepWorkList } from '../ledger/work-lists.ts';
import type { Dependencies } from './dependencies.ts';
import { workOf, type OpenedCampaign } from './open-campaign.ts';

/**
 * Makes a further work list of what an operator added; rounds that are in the lists or final already are left out. Null when
 * nothing was written under the key.
 */
export async function appendRounds(
  deps: Dependencies,
  { campaign, workLists, added }: { campaign: string; workLists: string[]; added: string },
): Promise<(Pick<OpenedCampaign['work'], 'workLists'> & Pick<OpenedCampaign, 'work'>) | null> {
  const { store, buckets } = deps;
  const written = await store.findJson<AddedRounds>(buckets.results, added);
  if (written === undefined) return null;
  const frozen = await deps.frozen.campaign(campaign);
  const known = await deps.frozen.work(campaign, workLists);
  const final = await finalRounds(store, buckets.results, campaign);
  const listed = new Set(known.flatMap(({ rounds }) => rounds.map(roundKeyOf)));
  const fresh = written.rounds.filter(
    (round) => !listed.has(roundKeyOf(round)) && round.sequence > (final.get(round.submission) ?? 0),
  );
  if (fresh.length === 0) return { workLists, work: workOf(frozen, workLists, known) };
  const teams = publishedOrder(frozen.fairness.seed, new Set(fresh.map(({ team }) => team)));
  const list = workListOf(teams, fresh, () => false);
  const longer = [...workLists, await keepWorkList(store, buckets.results, campaign, list)];
  const work = workByTeam([{ version: 1, teams: known }, list]);
  return { workLists: longer, work: workOf(frozen, longer, work) };
}
