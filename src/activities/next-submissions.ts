import type { Pseudonym } from '../campaign/model/frozen-campaign.ts';
import type { WorkRound } from '../campaign/model/work-list.ts';
import { inParallel } from '../in-parallel.ts';
import type { Dependencies } from './dependencies.ts';

export interface NextSubmission extends WorkRound {
  team: number;
  /** For display. */
  teamName: string;
  teamId: string;
  /** What operators see in place of the names; absent: the names. */
  shownAs?: Pseudonym;
}

/** The rounds that the scheduler picked, in the same order; `index` counts a team's rounds from 0. */
export async function nextSubmissions(
  deps: Dependencies,
  {
    campaign,
    workLists,
    picks,
  }: { campaign: string; workLists: readonly string[]; picks: { team: number; index: number }[] },
): Promise<NextSubmission[]> {
  const teams = await deps.frozen.work(campaign, workLists);
  const { teamNames } = await deps.frozen.campaign(campaign);
  const next = picks.map(({ team, index }) => {
    const row = teams[team];
    const round = row?.rounds[index - row.before];
    if (row === undefined || round === undefined) throw new RangeError(`team ${team} has no open round at ${index}`);
    return { team, teamName: row.teamName, teamId: row.team, ...round };
  });
  if (teamNames !== 'pseudonyms') return next;
  return inParallel(picks.length, next, async (round) => {
    const { pseudonym } = await deps.frozen.submission(campaign, round.submission);
    return { ...round, ...(pseudonym && { shownAs: pseudonym }) };
  });
}
