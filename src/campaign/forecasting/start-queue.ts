import { treatmentOf, type CampaignState } from '../state/campaign-state.ts';

/** Submissions that have not started: many are only counted, the last ones are there with their teams. */
export interface StartQueue {
  /** Teams' first submissions, then their second, and so on: how many, and of how many teams. */
  counted: { submissions: number; teams: number }[];
  /** Teams of those after them, in order. */
  last: number[];
}

/** Who starts when, as `starts` decides it among teams of equal weight; at most `most` with their teams. Pure. */
export function startQueueOf(state: CampaignState, most: number): StartQueue {
  const levels = levelsOf(state);
  let level = levels.length;
  let room = most;
  while (level > 0 && (levels[level - 1] ?? 0) <= room) {
    level -= 1;
    room -= levels[level] ?? 0;
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
  const counted = levels.slice(0, level).map((teams) => ({ submissions: teams, teams }));
  const partly = counted.at(-1);
  if (partly) partly.submissions -= room - ofLevelBefore;
  return {
    counted: counted.filter(({ submissions }) => submissions > 0),
    last: last.sort((a, b) => a.level - b.level || a.team - b.team).map(({ team }) => team),
  };
}

/** By number of a team's submissions: how many teams have a submission to start after so many others of theirs. */
function levelsOf(state: CampaignState): number[] {
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
