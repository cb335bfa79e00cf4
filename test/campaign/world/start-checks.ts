import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { treatmentOf } from '../../../src/campaign/state/team-settings.ts';
import type { Start, StartLimits } from '../../../src/campaign/scheduling/starts.ts';
import { isPaused } from './eligible-options.ts';

/** Checks that the starts of one decision, in their order, are correct and complete for the state `before` it. */
export function checkStarts(before: CampaignState, limits: StartLimits, starts: readonly Start[]): void {
  const open = [...before.open.values()];
  const started = [...before.started];
  const openOf = started.map((_, team) => open.filter((one) => one.team === team).length);
  const preparing = open.filter(({ preparing, request, team }) => preparing && !(request && isPaused(before, team)));
  const places = Math.max(0, Math.min(limits.preparing - preparing.length, limits.open - open.length));
  const startable = (): number[] =>
    started.flatMap((count, team) => {
      const more = count < (before.rounds[team] ?? 0) && (openOf[team] ?? 0) < limits.perTeam;
      return more && !isPaused(before, team) ? [team] : [];
    });
  const rank = (team: number): number[] => {
    const { priority, weight } = treatmentOf(before, team);
    return [priority, (started[team] ?? 0) / weight, team];
  };
  for (const { team, index } of starts) {
    const [first] = startable().sort((a, b) => byRank(rank(a), rank(b)));
    assert.equal(team, first, 'another team was first');
    assert.equal(index, started[team]);
    started[team] = index + 1;
    openOf[team] = (openOf[team] ?? 0) + 1;
  }
  assert.ok(starts.length <= places, 'no more than there are places');
  assert.ok(starts.length === places || startable().length === 0, 'a place is free and no round was started');
}

function byRank(a: readonly number[], b: readonly number[]): number {
  const difference = a.findIndex((rank, index) => rank !== b[index]);
  return (a[difference] ?? 0) - (b[difference] ?? 0);
}
