import type { Manifest, Submission } from './frozen-campaign.ts';
import type { AddedRounds, WorkList, WorkOfTeam } from './work-list.ts';

/** A round with the team it belongs to. */
export type TeamRound = AddedRounds['rounds'][number];

/** Everything a campaign is asked to go through. */
export interface CampaignRounds {
  /** Each once: the hand-in in its order, then what operators added in the order of their acts. */
  rounds: TeamRound[];
  /** The rows behind them, each once. */
  submissions: Submission[];
}

/** The rounds of a hand-in and of what was added to it; a round or row that is named twice counts once. Pure. */
export function roundsOf(handIn: Manifest, added: readonly AddedRounds[]): CampaignRounds {
  const rounds = new Map<string, TeamRound>();
  const submissions = new Map<string, Submission>();
  for (const { team, teamName, submissions: rows } of handIn.teams) {
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

/** Makes a work list: teams in the order given, of each the rounds that are not `begun`, in their own order. Pure. */
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

/** Tells every round of a campaign from every other. */
export const roundKeyOf = ({ submission, sequence }: { submission: string; sequence: number }): string =>
  `${submission}/${sequence}`;
