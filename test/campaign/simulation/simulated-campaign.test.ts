import assert from 'node:assert/strict';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import type { SimulatedSubmission } from '../../../src/campaign/simulation/population.ts';
import {
  simulateCampaign,
  type SimulatedResult,
  type SubmissionTrace,
} from '../../support/campaigns/simulate-campaign.ts';
import { c4, caseCampaign, g4, p3 } from '../samples.ts';

const submissions = 200;
const slots = 5;
const teams = Array.from({ length: submissions }, (_, team) => [`s${team}`]);
const [onG4, onC4, onP3] = [g4, c4, p3].map((row) => ({ ...row, slots }));

/** One hour on G4; the probe takes 60 s. */
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
  assert.equal(result.traces.length, submissions);
  return result;
}

/** The classes of the first evaluations of some submissions. */
const firstClasses = (
  { traces }: SimulatedResult,
  part: (traces: SubmissionTrace[]) => SubmissionTrace[],
): Set<string> =>
  new Set(part(traces).map(({ runs }) => runs.find(({ purpose }) => purpose === 'evaluation')?.class ?? ''));
const early = (traces: SubmissionTrace[]): SubmissionTrace[] => traces.slice(0, slots);
const late = (traces: SubmissionTrace[]): SubmissionTrace[] => traces.slice(-50);

describe('a simulated campaign', () => {
  const classes = [onG4, onC4, onP3].flatMap((row) => row ?? []);

  it('tries the small GPU first as long as enough submissions fit', () => {
    const result = simulate({}, { instanceClasses: classes });
    assert.deepEqual(
      firstClasses(result, (traces) => traces),
      new Set([g4.name]),
    );
  });

  it('stops trying the small GPU first when nearly all submissions run out of its memory', () => {
    const result = simulate({ sampleGpuMemoryMiB: 8_000, gpuMemoryMiB: 15_500 }, { instanceClasses: classes });
    assert.deepEqual(firstClasses(result, early), new Set([g4.name]));
    assert.deepEqual(firstClasses(result, late), new Set([p3.name]));
    const attempts = result.traces.filter(({ runs }) =>
      runs.some((run) => run.class === g4.name && run.purpose === 'evaluation'),
    );
    assert.ok(attempts.length >= 10 && attempts.length <= 60, `${attempts.length} attempts`);
    assert.equal(result.state.counts.finished, submissions);
  });

  it('stops using a CPU class that takes longer than probes on a GPU class predict', () => {
    const cheaper = { ...c4, slots, microUsdPerHour: 400_000 };
    const change = { instanceClasses: [cheaper, { ...g4, slots }] };
    const idle = { usesGpu: false, gpuMemoryMiB: 0 };
    assert.deepEqual(firstClasses(simulate(idle, change), late), new Set([c4.name]));
    const slow = simulate(idle, change, 0.4);
    assert.deepEqual(firstClasses(slow, early), new Set([c4.name]));
    assert.deepEqual(firstClasses(slow, late), new Set([g4.name]));
  });

  it('skips the probe on a base image whose probes fill the GPU', () => {
    const probes = ({ traces }: SimulatedResult): number =>
      traces.filter(({ runs }) => runs.some(({ purpose }) => purpose === 'probe')).length;
    const saturating = { gpuMemoryMiB: 15_000 };
    assert.equal(probes(simulate(saturating, { instanceClasses: classes })), submissions);
    const skipped = simulate({ ...saturating, base: 'framework' }, { instanceClasses: classes });
    assert.ok(probes(skipped) >= 10 && probes(skipped) < 60, `${probes(skipped)} probes`);
    assert.equal(probes(simulate({ base: 'framework' }, { instanceClasses: classes })), submissions);
  });
});
