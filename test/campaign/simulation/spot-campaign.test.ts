import assert from 'node:assert/strict';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { progressOf, type OffSpotRun } from '../../../src/campaign/operators/progress.ts';
import { courseOf } from '../../../src/campaign/planning/course.ts';
import { simulateCampaign, type SimulatedResult } from '../../support/campaigns/simulate-campaign.ts';
import { caseCampaign, g4 } from '../samples.ts';

const hour = 3600;
const submissions = 120;
const teams = Array.from({ length: submissions }, (_, team) => [`s${team}`]);
const spot: InstanceClass = { ...g4, name: 'spot', microUsdPerHour: 180_000, purchase: 'spot', slots: 20 };
const onDemand: InstanceClass = { ...g4, name: 'on-demand', slots: 30 };

/** Every evaluation takes ten hours. */
const population = (lossesPerHour: number) => ({
  others: {
    usesGpu: true,
    gpuMemoryMiB: 8_000,
    hostMemoryMiB: 4_000,
    startUpSeconds: 0,
    secondsPerItem: (10 * hour) / caseCampaign().testSet.items,
    cpuSecondsPerItem: 1,
    spread: 0,
    end: 'predictions' as const,
  },
  submissions: new Map(),
  classes: new Map([
    ['spot', { gpuSpeed: 1, cpuSpeed: 1, lossesPerHour }],
    ['on-demand', { gpuSpeed: 1, cpuSpeed: 1, lossesPerHour: 0 }],
  ]),
});

interface Shape {
  lossesPerHour: number;
  onDemandAfter?: number;
  deadlineHours?: number;
}

function frozenOf({ onDemandAfter, deadlineHours = 10_000 }: Shape) {
  const asSpot = { ...spot, ...(onDemandAfter !== undefined && { onDemandAfter }) };
  const { limits } = caseCampaign();
  return caseCampaign({
    instanceClasses: [asSpot, onDemand],
    limits: { ...limits, wallClockSeconds: 12 * hour, wallClockOn: 'on-demand', platformRuns: 100 },
    budget: { microUsd: 1e13, rerunReserveShare: 0 },
    deadline: new Date(deadlineHours * hour * 1000).toISOString(),
  });
}

/** A campaign with Spot losses drawn at a rate, and the runs that it moved to on-demand machines. */
function simulate(shape: Shape): SimulatedResult & { moved: Map<string, OffSpotRun> } {
  const moved = new Map<string, OffSpotRun>();
  const result = simulateCampaign({
    frozen: frozenOf(shape),
    teams,
    population: population(shape.lossesPerHour),
    seed: 11,
    startsAt: 0,
    delays: { pull: 60, handOver: 30, tick: hour },
    expedited: false,
    watch: (state, now) => {
      for (const run of progressOf('case', state, null, now).offSpot ?? []) moved.set(run.submission, run);
    },
  });
  return { ...result, moved };
}

/** The classes of a submission's runs, in order. */
const courses = ({ traces }: SimulatedResult): string[][] => traces.map(({ runs }) => runs.map((run) => run.class));
const isMove = (classes: string[]): boolean => classes.includes('on-demand') && classes.includes('spot');

describe('a simulated campaign with Spot', () => {
  it('moves a submission to on-demand machines after two losses, and no other', () => {
    const result = simulate({ lossesPerHour: 0.1, onDemandAfter: 2 });
    assert.ok(result.done);
    assert.equal(result.state.counts.finished, submissions);
    const moves = courses(result).filter(isMove);
    assert.ok(moves.length >= 30, `${moves.length} moves`);
    for (const { submission, runs } of result.traces) {
      const evaluations = runs.filter(({ purpose }) => purpose === 'evaluation');
      const lost = runs.length - 2;
      assert.equal(evaluations.at(-1)?.class, lost >= 2 ? 'on-demand' : 'spot', submission);
      assert.ok(lost <= 2, `${submission} lost ${lost} machines`);
    }
    const [one] = result.moved.values();
    assert.deepEqual({ ...one, submission: '' }, { submission: '', class: 'on-demand', reason: 'losses', lost: 2 });
    assert.equal(result.moved.size, moves.length);
  });

  it('stays on Spot without losses, which costs a third', () => {
    const safe = simulate({ lossesPerHour: 0, onDemandAfter: 2 });
    assert.deepEqual(new Set(courses(safe).flat()), new Set(['spot']));
    assert.equal(safe.moved.size, 0);
  });

  it('loses more hours than the rule allows if it is of an older version, which has no rule', () => {
    const hoursOn = ({ traces }: SimulatedResult): number =>
      traces.flatMap(({ runs }) => runs).reduce((sum, { billedSeconds }) => sum + billedSeconds / hour, 0);
    const older = simulate({ lossesPerHour: 0.1 });
    assert.deepEqual(new Set(courses(older).flat()), new Set(['spot']));
    assert.ok(hoursOn(older) > hoursOn(simulate({ lossesPerHour: 0.1, onDemandAfter: 2 })));
  });

  it('moves to on-demand machines once a loss would leave too little time, and meets the deadline', () => {
    // Six waves of 20 on Spot would end after 61 hours. A run takes ten hours, so Spot is left 20 hours before the deadline.
    const result = simulate({ lossesPerHour: 0.01, onDemandAfter: 50, deadlineHours: 68 });
    const moves = [...result.moved.values()];
    assert.ok(moves.length > 0 && moves.every(({ reason }) => reason === 'deadline'), JSON.stringify(moves));
    const grants = result.traces.flatMap(({ runs }) => runs.filter(({ purpose }) => purpose === 'evaluation'));
    const late = grants.filter(({ grantedAt }) => grantedAt / 1000 / hour > 48);
    const onDemandSlotsTaken = late.filter((run) => run.class === 'on-demand').length;
    assert.ok(
      onDemandSlotsTaken >= 20 && onDemandSlotsTaken === late.length,
      `${onDemandSlotsTaken} of ${late.length}`,
    );
    const early = grants.filter(({ grantedAt }) => grantedAt / 1000 / hour <= 44);
    assert.deepEqual(new Set(early.map((run) => run.class)), new Set(['spot']));
    assert.equal(result.state.counts.finished, submissions);
    assert.ok(result.endedAt / 1000 / hour <= 68);
  });

  it('is planned with the same moves after losses', () => {
    const shape = { lossesPerHour: 0.1, onDemandAfter: 2 };
    const frozen = frozenOf(shape);
    const planned = { rules: frozen, teams, perTeam: 2, delays: { pull: 60, handOver: 30 }, startUpSeconds: 0 };
    const course = courseOf(planned, population(shape.lossesPerHour), 11);
    const onDemandRuns = course.runs.filter((run) => run.class === 'on-demand').length;
    const simulated = courses(simulate(shape)).flat();
    assert.equal(onDemandRuns, simulated.filter((name) => name === 'on-demand').length);
    assert.equal(course.scored, submissions);
  });
});
