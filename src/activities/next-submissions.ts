import type { Dependencies } from './dependencies.ts';

export interface Pick {
  team: string;
  index: number;
}

/** The submissions behind some picks of the scheduler, in the same order. */
export async function nextSubmissions(
  deps: Dependencies,
  input: { campaign: string; picks: Pick[] },
): Promise<{ team: string; teamName: string; submission: string }[]> {
  const { teams } = await deps.frozen.manifest(input.campaign);
  const byName = new Map(teams.map((team) => [team.team, team]));
  return input.picks.map(({ team, index }) => {
    const row = byName.get(team)?.submissions[index];
    if (row === undefined) throw new RangeError(`team ${team} has no submission number ${index + 1}`);
    return { team, teamName: row.teamName, submission: row.submission };
  });
}
