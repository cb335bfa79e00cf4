import type { Manifest } from './frozen-campaign.ts';
import type { AddedRounds, WorkList, WorkOfTeam } from './work-list.ts';

export type TeamRound = AddedRounds['rounds'][number];

/**
 * All rounds of a campaign and their submissions, without duplicates: first the manifest's in its order, then those that
 * operators added, in the order of their commands.
 */
export type CampaignRounds = Pick<AddedRounds, 'rounds' | 'submissions'>;

/** Combines the manifest with rounds added later. */
export function roundsOf(manifest: Manifest, added: readonly AddedRounds[]): CampaignRounds {
  const frozen = manifest.teams.map(({ team, teamName, submissions }): CampaignRounds => ({
    rounds: submissions.map(({ submission }) => ({ submission, sequence: 1, kind: 'evaluate', team, teamName })),
    submissions,
  }));
  const all = [...frozen, ...added];
  return {
    rounds: withoutDuplicates(
      all.flatMap(({ rounds }) => rounds),
      roundKeyOf,
    ),
    submissions: withoutDuplicates(
      all.flatMap(({ submissions }) => submissions),
      ({ submission }) => submission,
    ),
  };
}

/** The first item of each key. */
function withoutDuplicates<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  return [...first.values()];
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
