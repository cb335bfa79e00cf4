import type { Dependencies } from './dependencies.ts';

/** A team's number; null if no work list names the team. */
export async function findTeam(
  deps: Dependencies,
  { campaign, workLists, team }: { campaign: string; workLists: readonly string[]; team: string },
): Promise<number | null> {
  const number = (await deps.frozen.work(campaign, workLists)).findIndex((row) => row.team === team);
  return number === -1 ? null : number;
}
