import type { FrozenCampaign } from '../campaign/frozen-campaign.ts';
import type { Timings } from '../settings.ts';
import type { Dependencies } from './dependencies.ts';

export interface OpenedCampaign {
  frozen: FrozenCampaign;
  /** Team and number of its submissions, in the order of the hand-in. */
  teams: [team: string, submissions: number][];
  timings: Timings;
}

/** Reads the frozen campaign: what the workflow needs of it, by team and without a single submission's row. */
export async function openCampaign(deps: Dependencies, input: { campaign: string }): Promise<OpenedCampaign> {
  const frozen = await deps.frozen.campaign(input.campaign);
  const { teams } = await deps.frozen.manifest(input.campaign);
  return {
    frozen,
    teams: teams.map(({ team, submissions }) => [team, submissions.length]),
    timings: deps.settings.timings,
  };
}
