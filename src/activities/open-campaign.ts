import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import type { Work } from '../campaign/state/campaign-settings.ts';
import type { WorkOfTeam } from '../campaign/model/work-list.ts';
import type { Timings } from '../timings.ts';
import type { Dependencies } from './dependencies.ts';

export interface OpenedCampaign {
  frozen: FrozenCampaign;
  timings: Timings;
  work: Work;
}

/** Reads the parts of the frozen campaign that its workflow needs, by team and without the submissions' rows. */
export async function openCampaign(
  deps: Dependencies,
  { campaign, workLists }: { campaign: string; workLists: readonly string[] },
): Promise<OpenedCampaign> {
  const frozen = await deps.frozen.campaign(campaign);
  const teams = await deps.frozen.work(campaign, workLists);
  return { frozen, timings: deps.settings.timings, work: workOf(frozen, workLists, teams) };
}

/** The number of rounds of each team. */
export const workOf = (
  { fairness }: FrozenCampaign,
  workLists: readonly string[],
  teams: readonly WorkOfTeam[],
): OpenedCampaign['work'] => ({
  workLists,
  rounds: teams.map(({ before, rounds }) => before + rounds.length),
  started: teams.map(({ before }) => before),
  weights: teams.flatMap(({ team: name }, team) =>
    Object.hasOwn(fairness.weights, name) ? [{ team, name, weight: fairness.weights[name] ?? 1 }] : [],
  ),
});
