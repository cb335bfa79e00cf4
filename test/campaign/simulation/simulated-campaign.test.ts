import assert from 'node:assert/strict';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import type { SimulatedSubmission } from '../../../src/campaign/simulation/population.ts';
import {
  simulateCampaign,
  type SimulatedResult,
  type SimulatedWay,
} from '../../support/campaigns/simulate-campaign.ts';
import { c4, caseCampaign, g4, p3 } from '../samples.ts';

const submissions = 200;
const slots = 5;
const teams = Array.from({ length: submissions }, (_, team) => [`s${team}`]);
const [onG4, onC4, onP3] = [g4, c4, p3].map((row) => ({ ...row, slots }));

/** An hour on G4, 60 s of which the probe sees. */
const usual: SimulatedSubmission = {
  usesGpu: true,
  gpuMemoryMiB: 8_000,
  hostMemoryMiB: 4_000,
  startUpSeconds: 0,
  secondsPerItem: 30,
  cpuSecondsPerItem: 30,
  spread: 0.1,
  end: 'predictions',
};

function simulate(
  others: Partial<SimulatedSubmission>,
  change: Partial<FrozenCampaign> = {},
  cpuSpeed = 1,
): SimulatedResult {
  const frozen = caseCampaign(change);
  const on = (gpuSpeed: number) => ({ gpuSpeed, cpuSpeed, lossesPerHour: 0 });
  const result = simulateCampaign({
    frozen,
    teams,
    population: {
      others: { ...usual, ...others },
      submissions: new Map(),
      classes: new Map([
        [g4.name, { ...on(1), cpuSpeed: 1 }],
        [c4.name, on(1)],
        [p3.name, on(2.14)],
      ]),
    },
    seed: 7,
    startsAt: 0,
    delays: { pull: 60, handOver: 30, tick: 3_600 },
  });
  assert.ok(result.done);
  assert.equal(result.ways.length, submissions);
  return result;
}

/** The class of the first evaluation of the first and the last submissions. */
const firstClasses = ({ ways }: SimulatedResult, part: (ways: SimulatedWay[]) => SimulatedWay[]): Set<string> =>
  new Set(part(ways).map(({ runs }) => runs.find(({ purpose }) => purpose === 'evaluation')?.class ?? ''));
const early = (ways: SimulatedWay[]): SimulatedWay[] => ways.slice(0, slots);
const late = (ways: SimulatedWay[]): SimulatedWay[] => ways.slice(-50);

describe('a simulated campaign', () => {
  const classes = [onG4, onC4, onP3].flatMap((row) => row ?? []);

  it('goes to the small device first while enough fits there', () => {
    const result = simulate({}, { instanceClasses: classes });
    assert.deepEqual(
      firstClasses(result, (ways) => ways),
      new Set([g4.name]),
    );
  });

  it('stops trying the small device first when nearly all run out of its memory, and spends less', () => {
    const result = simulate({ sampleGpuMemoryMiB: 8_000, gpuMemoryMiB: 15_500 }, { instanceClasses: classes });
    assert.deepEqual(firstClasses(result, early), new Set([g4.name]));
    assert.deepEqual(firstClasses(result, late), new Set([p3.name]));
    const tries = result.ways.filter(({ runs }) =>
      runs.some((run) => run.class === g4.name && run.purpose === 'evaluation'),
    );
    assert.ok(tries.length >= 10 && tries.length <= 60, `${tries.length} tries`);
    assert.equal(result.state.counts.finished, submissions);
  });

  it('learns that a CPU class takes longer than probes on a GPU machine let expect, and leaves it', () => {
    const cheaper = { ...c4, slots, microUsdPerHour: 400_000 };
    const change = { instanceClasses: [cheaper, { ...g4, slots }] };
    const idle = { usesGpu: false, gpuMemoryMiB: 0 };
    assert.deepEqual(firstClasses(simulate(idle, change), late), new Set([c4.name]));
    const slow = simulate(idle, change, 0.4);
    assert.deepEqual(firstClasses(slow, early), new Set([c4.name]));
    assert.deepEqual(firstClasses(slow, late), new Set([g4.name]));
  });

  it('spares submissions the probe on a base whose probes saturate', () => {
    const probes = ({ ways }: SimulatedResult): number =>
      ways.filter(({ runs }) => runs.some(({ purpose }) => purpose === 'probe')).length;
    const saturating = { gpuMemoryMiB: 15_000 };
    assert.equal(probes(simulate(saturating, { instanceClasses: classes })), submissions);
    const spared = simulate({ ...saturating, base: 'framework' }, { instanceClasses: classes });
    assert.ok(probes(spared) >= 10 && probes(spared) < 60, `${probes(spared)} probes`);
    assert.equal(probes(simulate({ base: 'framework' }, { instanceClasses: classes })), submissions);
  });
});
