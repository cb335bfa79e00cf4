import type { Dependencies } from './dependencies.ts';

/** The number of a team, or null when no work list has it. */
export async function findTeam(
  deps: Dependencies,
  { campaign, workLists, team }: { campaign: string; workLists: string[]; team: string },
): Promise<number | null> {
  const number = (await deps.frozen.work(campaign, workLists)).findIndex((row) => row.team === team);
  return number === -1 ? null : number;
}
