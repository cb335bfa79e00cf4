import type { Submission } from './frozen-campaign.ts';

/**
 * Rounds still to do, kept in S3 under the digest of the list. The first list of a workflow run holds every round that is not
 * final; each later list holds the rounds that operators added. A team's number is its place over all lists of the run.
 */
export interface WorkList {
  version: 1;
  /** In the published order. */
  teams: WorkOfTeam[];
}

export interface WorkOfTeam {
  team: string;
  teamName: string;
  /** Rounds final or in progress when the list was made; they count towards the team's share. */
  before: number;
  /** In the order of the submissions file. */
  rounds: WorkRound[];
}

/** One pass of a submission through the evaluation. */
export interface WorkRound {
  submission: string;
  /** From 1; each retry or rescore adds one. The number of its ledger record. */
  sequence: number;
  kind: RoundKind;
}

/** `rescore` only scores the predictions of the last successful run again. */
export type RoundKind = 'evaluate' | 'rescore';

/** Rounds that operators added, and rows that the manifest lacks; kept in S3 under its digest. */
export interface AddedRounds {
  version: 1;
  /** In starting order within each team. */
  rounds: (WorkRound & { team: string; teamName: string })[];
  submissions: Submission[];
}

/** Combines the lists of a workflow run: teams by number, each with all its rounds. */
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
