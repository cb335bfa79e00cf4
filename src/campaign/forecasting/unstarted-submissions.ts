import type { CampaignFacts } from '../state/campaign-state.ts';
import { treatmentOf } from '../state/team-settings.ts';

/** Submissions that have not started: most are only counted, the last ones are listed by team. */
export interface UnstartedSubmissions {
  /** The teams' first submissions, then their second ones, and so on. */
  levels: { submissions: number; teams: number }[];
  /** Teams of the submissions after the counted ones, in start order. */
  last: number[];
}

/** Unstarted submissions in the order in which teams of equal weight start them; at most `mostListed` are listed. */
export function unstartedSubmissionsOf(state: CampaignFacts, mostListed: number): UnstartedSubmissions {
  const teamsByLevel = teamsByLevelOf(state);
  let level = teamsByLevel.length;
  let room = mostListed;
  while (level > 0 && (teamsByLevel[level - 1] ?? 0) <= room) {
    level -= 1;
    room -= teamsByLevel[level] ?? 0;
  }
  const last: { level: number; team: number }[] = [];
  let ofLevelBefore = level > 0 ? room : 0;
  for (let team = state.rounds.length - 1; team >= 0; team -= 1) {
    const rounds = state.rounds[team] ?? 0;
    const started = state.started[team] ?? 0;
    if (rounds <= started || rounds < level || treatmentOf(state, team).paused) continue;
    if (ofLevelBefore > 0 && started < level) {
      ofLevelBefore -= 1;
      last.push({ level: level - 1, team });
    }
    for (let own = Math.max(started, level); own < rounds; own += 1) last.push({ level: own, team });
  }
  const levels = teamsByLevel.slice(0, level).map((teams) => ({ submissions: teams, teams }));
  const partlyListed = levels.at(-1);
  if (partlyListed) partlyListed.submissions -= room - ofLevelBefore;
  return {
    levels: levels.filter(({ submissions }) => submissions > 0),
    last: last.sort((a, b) => a.level - b.level || a.team - b.team).map(({ team }) => team),
  };
}

/** By index of a submission within its team: how many teams have yet to start theirs. */
function teamsByLevelOf(state: CampaignFacts): number[] {
  const changes: number[] = [];
  for (const [team, rounds] of state.rounds.entries()) {
    const started = state.started[team] ?? 0;
    if (rounds <= started || treatmentOf(state, team).paused) continue;
    while (changes.length <= rounds) changes.push(0);
    changes[started] = (changes[started] ?? 0) + 1;
    changes[rounds] = (changes[rounds] ?? 0) - 1;
  }
  let teams = 0;
  return changes.map((change) => (teams += change));
}
