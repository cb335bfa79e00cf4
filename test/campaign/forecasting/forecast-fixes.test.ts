import assert from 'node:assert/strict';
import { forecastOf } from '../../../src/campaign/forecasting/forecast.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { projectionOf } from '../../../src/campaign/forecasting/monte-carlo-projection.ts';
import { remainingWorkOf } from '../../../src/campaign/forecasting/remaining-work.ts';
import { simulateCampaign } from '../../support/campaigns/simulate-campaign.ts';
import { virtualCampaign, type VirtualShape } from '../../support/campaigns/virtual-campaign.ts';

/** Half an hour of work per submission; `large` is the share that needs the expensive class. */
const shape = (change: Partial<VirtualShape> = {}): VirtualShape => ({
  seed: 3,
  teams: Array.from({ length: 150 }, () => 2),
  slots: { cheap: 10, expensive: 2 },
  meanSeconds: 1800,
  durations: { kind: 'log-normal', sigma: 0.3 },
  spread: 0.05,
  large: 0,
  failing: 0,
  probed: true,
  lossesPerHour: 0,
  perTeamInFlight: 2,
  ...change,
});

/** The fixes for a campaign, about a third of the way through, that has only `share` of the time it needs. */
function late(of: VirtualShape, share: number) {
  const simulation = virtualCampaign(of);
  const { instanceClasses: classes, fairness } = simulation.frozen;
  const { state, endedAt: now } = simulateCampaign({
    ...simulation,
    until: ({ counts }) => counts.finished + counts.failed >= of.teams.length * 0.6,
  });
  const context = { classes, now, policy: { maxOpenPerTeam: fairness.perTeamInFlight, expedited: true } };
  const finish = (slots: CampaignState['slots']): number =>
    projectionOf({ ...state, slots: { ...state.slots, ...slots } }, context)?.finish.p90 ?? Number.NaN;
  const deadline = now + (finish({}) - now) * share;
  const within = { ...state, deadline: new Date(deadline).toISOString() };
  const remedies = forecastOf(within, classes, now, fairness.perTeamInFlight)?.remedies ?? [];
  return { remedies, finish, deadline };
}

const slotsIn = (remedies: readonly string[], className: string): number =>
  Number(
    remedies
      .find((words) => words.startsWith(`set-slots --class ${className} `))
      ?.split(' ')
      .at(-1),
  );

describe('the fixes for a missed deadline', () => {
  for (const share of [0.9, 0.7, 0.55, 0.45]) {
    it(`name about the fewest slots of the bottleneck class, with ${share} of the time needed`, () => {
      const { remedies, finish, deadline } = late(shape(), share);
      const slots = slotsIn(remedies, 'cheap');
      assert.ok(finish({ cheap: slots }) <= deadline, remedies.join('; '));
      assert.ok(finish({ cheap: Math.floor(slots / 1.25) }) > deadline, remedies.join('; '));
    });
  }

  it('name more slots even if a few long runs at the end, which slots do not shorten, take most of the time', () => {
    const tail = shape({ durations: { kind: 'log-normal', sigma: 0.7 }, slots: { cheap: 40, expensive: 4 } });
    const { remedies, finish, deadline } = late(tail, 0.8);
    assert.ok(finish({ cheap: slotsIn(remedies, 'cheap') }) <= deadline, remedies.join('; '));
  });

  it('name more slots of the expensive class if it has most of the work', () => {
    const { remedies, finish, deadline } = late(shape({ large: 0.8, slots: { cheap: 40, expensive: 4 } }), 0.6);
    assert.ok(Number.isNaN(slotsIn(remedies, 'cheap')), remedies.join('; '));
    assert.ok(finish({ expensive: slotsIn(remedies, 'expensive') }) <= deadline, remedies.join('; '));
  });

  it('name only a later deadline if no single class can make up the delay or the deadline has passed', () => {
    for (const share of [0.3, 0, -0.5]) {
      const { remedies } = late(shape(), share);
      assert.deepEqual(
        remedies.map((words) => words.split(' ')[0]),
        ['set-deadline'],
        `${share}`,
      );
    }
  });
});

describe('the forecast of a large campaign', () => {
  it('lists no more unstarted submissions with 2,000 slots than with 500', () => {
    const listed = [500, 2_000].map((cheap) => {
      const simulation = virtualCampaign(shape({ teams: Array.from({ length: 400 }, () => 5) }));
      const { state, endedAt: now } = simulateCampaign({
        ...simulation,
        until: ({ counts }) => counts.finished >= 100,
      });
      const { unstarted } = remainingWorkOf(
        { ...state, slots: { cheap, expensive: 2 } },
        simulation.frozen.instanceClasses,
        now,
      );
      return unstarted.last.length;
    });
    assert.ok(listed[0] !== undefined && listed[0] > 100);
    assert.equal(listed[1], listed[0]);
  });
});
