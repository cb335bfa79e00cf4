import type { Manifest, Submission } from './frozen-campaign.ts';
import type { AddedRounds, WorkList, WorkOfTeam } from './work-list.ts';

/** A round and its team. */
export type TeamRound = AddedRounds['rounds'][number];

/** All rounds of a campaign. */
export interface CampaignRounds {
  /** Without duplicates: first the manifest's in its order, then those that operators added, in the order of their commands. */
  rounds: TeamRound[];
  /** Their submissions, without duplicates. */
  submissions: Submission[];
}

/** Combines the manifest with rounds added later; duplicate rounds and rows count once. */
export function roundsOf(manifest: Manifest, added: readonly AddedRounds[]): CampaignRounds {
  const rounds = new Map<string, TeamRound>();
  const submissions = new Map<string, Submission>();
  for (const { team, teamName, submissions: rows } of manifest.teams) {
    for (const row of rows) {
      const { submission } = row;
      submissions.set(submission, row);
      rounds.set(roundKeyOf({ submission, sequence: 1 }), {
        submission,
        sequence: 1,
        kind: 'evaluate',
        team,
        teamName,
      });
    }
  }
  for (const more of added) {
    for (const row of more.submissions) if (!submissions.has(row.submission)) submissions.set(row.submission, row);
    for (const round of more.rounds) if (!rounds.has(roundKeyOf(round))) rounds.set(roundKeyOf(round), round);
  }
  return { rounds: [...rounds.values()], submissions: [...submissions.values()] };
}

/** Makes a work list: teams in the given order, each with its rounds that have not `begun`, in their own order. */
export function workListOf(
  teams: readonly string[],
  rounds: readonly TeamRound[],
  begun: (round: TeamRound) => boolean,
): WorkList {
  const work = new Map<string, WorkOfTeam>();
  for (const round of rounds) {
    const { team, teamName, submission, sequence, kind } = round;
    const row = work.get(team) ?? { team, teamName, before: 0, rounds: [] };
    if (begun(round)) row.before += 1;
    else row.rounds.push({ submission, sequence, kind });
    work.set(team, row);
  }
  return { version: 1, teams: teams.flatMap((team) => work.get(team) ?? []) };
}

/** The unique key of a round within a campaign. */
export const roundKeyOf = ({ submission, sequence }: { submission: string; sequence: number }): string =>
  `${submission}/${sequence}`;
