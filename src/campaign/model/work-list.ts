import type { Submission } from './frozen-campaign.ts';

/**
 * Rounds that are to be gone through, kept in S3 under their digest. The first list of a campaign's run holds everything
 * that is not final; each later one what operators added. A team's number is its place over all lists of the run. Pure.
 */
export interface WorkList {
  version: 1;
  /** In the order of the published seed. */
  teams: WorkOfTeam[];
}

export interface WorkOfTeam {
  team: string;
  teamName: string;
  /** Rounds that were final or under way when the list was made; they count when shares are compared. */
  before: number;
  /** In the order of the hand-in. */
  rounds: WorkRound[];
}

/** One way of a submission through the evaluation. */
export interface WorkRound {
  submission: string;
  /** 1, and one more for every retry or rescore: the number of its record in the ledger. */
  sequence: number;
  kind: RoundKind;
}

/** `rescore` only scores the predictions of the last good run again. */
export type RoundKind = 'evaluate' | 'rescore';

/** What operators added, kept in S3 under its digest: rounds, and the rows of submissions that the manifest does not have. */
export interface AddedRounds {
  version: 1;
  /** In the order in which each team's rounds start. */
  rounds: (WorkRound & { team: string; teamName: string })[];
  submissions: Submission[];
}

/** The lists of a run as one: teams by number, each with all its rounds. */
export function workByTeam(lists: readonly WorkList[]): WorkOfTeam[] {
  const teams: WorkOfTeam[] = [];
  const places = new Map<string, WorkOfTeam>();
  for (const { team, teamName, before, rounds } of lists.flatMap((list) => list.teams)) {
    const known = places.get(team);
    if (known) {
      known.rounds.push(...rounds);
      continue;
    }
    const first = { team, teamName, before, rounds: [...rounds] };
    places.set(team, first);
    teams.push(first);
  }
  return teams;
}
