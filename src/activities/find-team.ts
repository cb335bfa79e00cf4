import type { Dependencies } from './dependencies.ts';

/** A team that was named by its pseudonym. */
export interface FoundTeam {
  number: number;
  team: string;
}

/** A team's number, and its id if a pseudonym names it; null if no work list has the team. */
export async function findTeam(
  deps: Dependencies,
  { campaign, workLists, team }: { campaign: string; workLists: readonly string[]; team: string },
): Promise<number | FoundTeam | null> {
  const rows = await deps.frozen.work(campaign, workLists);
  const number = rows.findIndex((row) => row.team === team);
  if (number !== -1) return number;
  const { teams } = await deps.frozen.manifest(campaign);
  const named = teams.find(({ submissions }) => submissions.some(({ pseudonym }) => pseudonym?.team === team))?.team;
  const found = rows.findIndex((row) => row.team === named);
  return named === undefined || found === -1 ? null : { number: found, team: named };
}
