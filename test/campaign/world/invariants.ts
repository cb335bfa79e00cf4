import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { progressOf } from '../../../src/campaign/operators/progress.ts';
import { usageOf } from '../../../src/campaign/scheduling/usage.ts';
import type { Child } from './child.ts';
import { spentBy, sum } from './expected-totals.ts';

/** Checks the invariants of a campaign. */
export function checkInvariants(state: CampaignState, children: readonly Child[], rounds: number, at: number): void {
  const { money, open } = state;
  const { reserved, reservedForReruns } = usageOf(state);
  assert.ok(money.spent + reserved <= money.budget, `${money.spent} + ${reserved} of ${money.budget}`);
  const forFirstRuns = money.spent - money.reruns + reserved - reservedForReruns;
  assert.ok(forFirstRuns <= money.budget * (1 - money.reserveShare), 'first runs leave the reserve alone');
  const expected = spentBy(children);
  assert.equal(sum(Object.values(money.byClass)), money.spent);
  assert.ok(money.spent <= expected.spent, 'nothing is booked twice');
  assert.ok(money.reruns <= expected.reruns && money.probes <= expected.probes);
  for (const [name, spent] of Object.entries(money.byClass)) assert.ok(spent <= (expected.byClass[name] ?? 0), name);
  const { counts, submissions } = progressOf('case', state, null, at);
  assert.equal(submissions, rounds);
  assert.equal(sum(Object.values(counts)), rounds);
  assert.ok(Object.values(counts).every((count) => count >= 0));
  for (const { request, grant } of open.values()) assert.ok(!(request && grant), 'one run at a time');
}
