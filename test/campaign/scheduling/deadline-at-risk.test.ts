import assert from 'node:assert/strict';
import { simulateCampaign, type SimulatedResult } from '../../support/campaigns/simulate-campaign.ts';
import { startsAt, virtualCampaign, type VirtualShape } from '../../support/campaigns/virtual-campaign.ts';

const shape: VirtualShape = {
  seed: 7,
  teams: Array.from({ length: 40 }, () => 2),
  slots: { cheap: 10, expensive: 5 },
  meanSeconds: 4 * 3600,
  durations: { kind: 'constant' },
  spread: 0.05,
  large: 0,
  failing: 0.05,
  probed: true,
  lossesPerHour: 0,
  perTeamInFlight: 2,
};
const run = (change: Partial<VirtualShape>): SimulatedResult =>
  simulateCampaign(virtualCampaign({ ...shape, ...change }));
const seconds = ({ endedAt }: SimulatedResult): number => (endedAt - startsAt) / 1000;

describe('a deadline', () => {
  let never: SimulatedResult;
  let always: SimulatedResult;
  /** A simulation whose deadline is this share of the time that the cheapest class alone takes. */
  const until = (share: number): SimulatedResult => run({ deadline: share * seconds(never), tick: 2 * 3600 });
  before(() => {
    never = run({ expedited: false });
    always = run({ expedited: true });
  });

  it('that the cheapest class alone would miss is met with the expensive one, at less cost than using it from the start', () => {
    assert.ok(seconds(always) < 0.7 * seconds(never));
    const hurried = until(0.85);
    assert.ok(hurried.done && hurried.expeditedChanges <= 6, 'it becomes at risk, and safe again, a few times at most');
    const [least, found, most] = [never, hurried, always].map(({ state }) => state.money.spent);
    assert.ok(least && found && most && least < found && found < most, `${least}, ${found}, ${most}`);
  });

  it('that is missed because only the cheapest class may be used stops the campaign', () => {
    assert.equal(run({ deadline: 0.85 * seconds(never), expedited: false }).done, false);
  });

  it('with time to spare costs no dollar more', () => {
    const { done, expeditedChanges, state } = until(1.3);
    assert.deepEqual([done, expeditedChanges, state.money.spent], [true, 0, never.state.money.spent]);
  });
});
