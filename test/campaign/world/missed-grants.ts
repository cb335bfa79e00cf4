import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { WaitingRequest } from '../../../src/campaign/state/open-submission.ts';
import { usageOf } from '../../../src/campaign/scheduling/usage.ts';
import { isPaused, isPossible, isShort, wantedBy } from './eligible-options.ts';
import { sum } from './expected-totals.ts';
import type { RunOption } from '../../../src/campaign/model/run-option.ts';

/** After being passed over this often, a request that did not fit has money and a slot kept for it. */
const maxPassedOver = 20;

/** Checks after a decision that no waiting request could still be granted: its slot is free and its worst case affordable. */
export function checkNoGrantMissed(state: CampaignState, at: number): void {
  const waiting = [...state.open.values()].flatMap(({ team, request }) =>
    request && !isPaused(state, team) ? [request] : [],
  );
  const { runsByClass: held, reserved, reservedForReruns } = usageOf(state);
  const { money, slots } = state;
  const free = (onClass: string): number => (slots[onClass] ?? 0) - (held[onClass] ?? 0);
  const left = (rerun: boolean): number => {
    const all = money.budget - money.spent - reserved;
    if (rerun) return all;
    const firstRuns = money.spent - money.reruns + reserved - reservedForReruns;
    return Math.min(all, Math.floor(money.budget * (1 - money.reserveShare)) - firstRuns);
  };
  const keptForOthers = (request: WaitingRequest): RunOption[] =>
    waiting.flatMap((other) => {
      const option = other === request || other.passed < maxPassedOver ? undefined : wantedBy(state, other, at);
      return option && free(option.class) > 0 ? [option] : [];
    });
  for (const request of waiting) {
    const wanted = wantedBy(state, request, at);
    if (!wanted) continue;
    const kept = keptForOthers(request);
    const isLeft = (option: RunOption): boolean =>
      free(option.class) > kept.filter((other) => other.class === option.class).length &&
      option.worst <= left(request.rerun) - sum(kept.map(({ worst }) => worst));
    assert.ok(!isLeft(wanted), 'a slot is free, there is money, and nothing was granted');
    if (!state.deadlineAtRisk || free(wanted.class) > 0) continue;
    const detours = request.options.filter(
      (option) => isPossible(state, option, request.rerun) && !isShort(state, option, at),
    );
    assert.ok(
      !detours.some(isLeft),
      'the deadline is at risk, a slot is free, there is money, and nothing was granted',
    );
  }
}
