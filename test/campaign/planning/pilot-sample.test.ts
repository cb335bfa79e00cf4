import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { campaignPattern } from '../../../src/ids.ts';
import type { Knowledge } from '../../../src/campaign/planning/knowledge.ts';
import { pilotKnowledge } from '../../../src/campaign/planning/pilot-knowledge.ts';
import { pilotName, pilotSample, pilotWorstCase, type PilotRun } from '../../../src/campaign/planning/pilot-sample.ts';
import { futuresOf } from '../../../src/campaign/planning/futures.ts';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { mixPlanOf, type MixPlan, type PlanInput } from '../../../src/campaign/planning/mix-plan.ts';
import type { Reason } from '../../../src/campaign/model/reasons.ts';
import type { Population } from '../../../src/campaign/simulation/population.ts';
import { drawnPopulation } from '../../support/campaigns/drawn-population.ts';
import { simulateCampaign } from '../../support/campaigns/simulate-campaign.ts';
import { simulatedRun } from '../../../src/campaign/simulation/simulated-run.ts';
import { containerMemoryMiB, wallClockSeconds } from '../../../src/campaign/model/run-limits.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { c4, caseCampaign, classes, g4, limits, outcome, p3 } from '../samples.ts';
import { conditionsOn } from './pilot-samples.ts';

const frozen = caseCampaign({ budget: { microUsd: 1e15, rerunReserveShare: 0 } });
const teams = Array.from({ length: 60 }, (_, team) =>
  Array.from({ length: 1 + (team % 2) }, (_, n) => `s${team}-${n}`),
);
const names = teams.flat();

const truthOf = (seed: number): Population =>
  drawnPopulation(
    names,
    {
      meanSeconds: 3 * 3600,
      durations: { kind: 'log-normal', sigma: 0.5 },
      items: frozen.testSet.items,
      spread: 0.02,
      gpuMemoryMiB: 8_000,
      large: { share: 0.1, gpuMemoryMiB: 15_600 },
      withoutGpu: 0.2,
      failing: 0.05,
      classes: new Map(
        classes.map(({ name, relativeSpeed }) => [
          name,
          { gpuSpeed: relativeSpeed * 1.2, cpuSpeed: 1, lossesPerHour: 0 },
        ]),
      ),
    },
    seed,
  );

/** The runs of a pilot of these submissions in a population. */
function pilotOf(truth: Population, sample: readonly string[], seed: number): PilotRun[] {
  return sample.flatMap((submission) =>
    classes.map((on): PilotRun => {
      const wallClock = wallClockSeconds(limits, on, classes);
      const spec = {
        runKey: `case-pilot/${submission}/1`,
        purpose: 'evaluation' as const,
        inputs: frozen.testSet,
        instanceClass: { name: on.name, gpu: on.gpu ?? ('none' as const), gpuMemoryMiB: on.gpuMemoryMiB ?? 0 },
        limits: { wallClockSeconds: wallClock, memoryMiB: containerMemoryMiB(limits, on) },
      };
      const run = simulatedRun(truth, seed, spec);
      if (run.kind !== 'outcome') throw new Error(run.kind);
      const { facts, seconds } = run;
      const device =
        facts.devicePeakMiB === null
          ? null
          : { totalMiB: on.gpuMemoryMiB ?? 0, idleMiB: 0, peakMiB: facts.devicePeakMiB, driver: 'simulated' };
      const log = { bytes: 0, keptBytes: 0, tail: facts.logTail };
      const { reason } = verdictOf(outcome({ end: facts.end, device, log }));
      const billedSeconds = Math.ceil(seconds) + 5;
      return {
        pilot: 'case-pilot',
        submission,
        class: on.name,
        conditions: conditionsOn(on),
        items: frozen.testSet.items,
        reason,
        billedSeconds,
        costMicroUsd: 1,
        seconds,
        devicePeakMiB: device?.peakMiB ?? null,
      };
    }),
  );
}

const planBy = (knowledge: Knowledge): MixPlan =>
  mixPlanOf(
    {
      planned: { rules: frozen, teams, perTeam: 2, delays: { pull: 120, handOver: 30 }, startUpSeconds: 0 },
      knowledge,
      futures: futuresOf(21),
      budget: { microUsd: 1e15, rerunReserveShare: 0 },
      deadlineSeconds: 21 * 86_400,
      margin: 0,
    },
    { name: 'all', kind: 'all', classes },
  );

/** A run of an hour that succeeded, unless changed. */
const ran = (on: InstanceClass, change: Partial<PilotRun>): PilotRun => ({
  pilot: 'case-pilot',
  submission: 's',
  class: on.name,
  conditions: conditionsOn(on),
  items: 10,
  reason: null,
  billedSeconds: 3_600,
  costMicroUsd: 1,
  seconds: 3_600,
  devicePeakMiB: on.kind === 'gpu' ? 4_000 : null,
  ...change,
});

function knownOf(runs: PilotRun[], on = classes) {
  return pilotKnowledge(runs, limits, on) ?? assert.fail('no run succeeded');
}

const questionOf = (knowledge: Knowledge, submissions: string[][]): PlanInput => {
  const { sampleSet: _, ...rules } = { ...frozen, testSet: { ...frozen.testSet, items: 10 } };
  return {
    planned: { rules, teams: submissions, perTeam: 2, delays: { pull: 0, handOver: 0 }, startUpSeconds: 0 },
    knowledge,
    futures: futuresOf(1),
    budget: { microUsd: 1e15, rerunReserveShare: 0 },
    deadlineSeconds: 21 * 86_400,
    margin: 0,
  };
};

/** Scored share on a class alone, given the pilot's runs of one submission. */
const scoredOn = (knowledge: Knowledge, on: InstanceClass): number =>
  mixPlanOf(questionOf(knowledge, [['s']]), { name: on.name, kind: 'alone', classes: [on] }).scored.p50;

const spentIn = (truth: Population, seed: number): number =>
  simulateCampaign({
    frozen,
    teams,
    population: truth,
    seed,
    startsAt: Date.parse('2026-01-01T00:00:00Z'),
    delays: { pull: 120, handOver: 30, tick: 1e9 },
  }).state.money.spent;

const learnt = (truth: Population, count: number, seed: number): Knowledge => {
  const known = pilotKnowledge(pilotOf(truth, pilotSample(teams, seed, count), seed), limits, classes);
  assert.ok(known);
  return known;
};

describe('the sample of a pilot', () => {
  it('is drawn by the seed, one submission per team; a larger sample includes a smaller one', () => {
    const sample = pilotSample(teams, 2020, 40);
    assert.deepEqual(pilotSample(teams, 2020, 40), sample);
    assert.notDeepEqual(pilotSample(teams, 2021, 40), sample);
    assert.deepEqual(pilotSample(teams, 2020, 10), sample.slice(0, 10));
    const teamOf = (name: string): number => teams.findIndex((team) => team.includes(name));
    assert.equal(new Set(sample.map(teamOf)).size, 40);
    assert.ok(
      sample.some((name) => name.endsWith('-1')),
      'not only first submissions',
    );
  });

  it('keeps the submissions that ran before, even if rows were added', () => {
    const before = new Set(pilotSample(teams.slice(30), 2020, 10));
    const larger = pilotSample(teams, 2020, 15, before);
    assert.deepEqual(larger.slice(0, 10), [...before]);
    assert.equal(new Set(larger).size, 15);
    assert.deepEqual(pilotSample(teams, 2020, 5, before), [...before].slice(0, 5));
  });

  it('is everything if it is as large as the campaign', () => {
    assert.deepEqual(new Set(pilotSample(teams, 1, 10_000)), new Set(names));
  });
});

describe('a pilot', () => {
  it('costs at most two runs each until the time-out of Batch', () => {
    // 20.26 h on G4, 10 h on P3, 25 h on C4, each run at most twice.
    const onG4 = Math.ceil(9 * 3600 * 2.14) / 3600 + 1;
    const worst = onG4 * 0.526 + 10 * 3.06 + 25 * 0.796;
    const runs = [1, 2, 3].flatMap(() => classes.map(({ name }) => ({ class: name })));
    assert.ok(Math.abs(pilotWorstCase(runs, limits, classes) / 1e6 - 3 * 2 * worst) < 0.001);
  });

  it('has a valid campaign name, with its class if there is room', () => {
    const campaign = fc.stringMatching(campaignPattern);
    const onClass = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    const digest = fc.stringMatching(/^[0-9a-f]{8}$/);
    fc.assert(
      fc.property(campaign, onClass, digest, (campaign, onClass, digest) => {
        const name = pilotName(campaign, onClass, digest);
        assert.match(name, campaignPattern);
        assert.ok(name.endsWith(`-${digest}`));
      }),
    );
    assert.equal(pilotName('case', g4.name, '0123abcd'), 'case-pilot-g4dn-xlarge-0123abcd');
  });
});

describe('the knowledge from a pilot', function () {
  this.timeout(120_000);

  it('is nearly complete if everything ran: on average the plan is within a few per cent of the campaign’s cost', () => {
    const ratios = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) => {
      const truth = truthOf(seed);
      return planBy(learnt(truth, names.length, seed)).costMicroUsd.p50 / spentIn(truth, seed);
    });
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    assert.ok(mean > 0.96 && mean < 1.04, `${mean}`);
    assert.ok(Math.min(...ratios) > 0.85 && Math.max(...ratios) < 1.15, ratios.join(' '));
  });

  it('puts the cost of the campaign between P10 and P90 in about eight of ten cases', () => {
    const seeds = Array.from({ length: 30 }, (_, at) => at + 100);
    const within = seeds.filter((seed) => {
      const truth = truthOf(seed);
      const cost = planBy(learnt(truth, 20, seed)).costMicroUsd;
      const spent = spentIn(truth, seed);
      return cost.p10 <= spent && spent <= cost.p90;
    }).length;
    assert.ok(within >= 18 && within <= 29, `${within} of ${seeds.length}`);
  });

  it('includes the measured speed, not the file’s, and the billed start-up of every run', () => {
    const known = learnt(truthOf(4), 40, 4);
    assert.ok(known.kind === 'pilot');
    assert.ok(Math.abs((known.speeds[p3.name] ?? 0) / 2.14 - 1) < 0.05, JSON.stringify(known.speeds));
    assert.equal(known.startUpSeconds, 5);
    assert.deepEqual(known.missing, []);
  });

  it('includes which submissions fit where and which do not use the GPU', () => {
    const truth = truthOf(5);
    const known = learnt(truth, 60, 5);
    assert.ok(known.kind === 'pilot');
    for (const [name, { usesGpu, gpuMemoryMiB, end }] of known.sample) {
      const needs = truth.submissions.get(name);
      if (needs?.end === 'error') assert.equal(end, 'error');
      else {
        assert.equal(usesGpu, needs?.usesGpu, name);
        if (usesGpu)
          assert.equal(gpuMemoryMiB > (g4.gpuMemoryMiB ?? 0), (needs?.gpuMemoryMiB ?? 0) > (g4.gpuMemoryMiB ?? 0));
      }
    }
  });

  it('includes that a submission fails on a class although it succeeds elsewhere', () => {
    const known = knownOf([ran(g4, {}), ran(p3, {}), ran(c4, { reason: 'submission-error', seconds: 8 })]);
    assert.equal(scoredOn(known, c4), 0);
    assert.equal(scoredOn(known, g4), 1);
  });

  it('includes a memory need above every filled container and not above a sufficient one', () => {
    const small = { ...g4, memoryMiB: 8_000 };
    const runs = [ran(small, { reason: 'host-out-of-memory' }), ran(p3, {})];
    const known = knownOf(runs, [small, p3]);
    assert.equal(scoredOn(known, small), 0);
    assert.equal(scoredOn(known, p3), 1);
    // Of two containers of the same size, only one was filled: that shows nothing.
    assert.equal(scoredOn(knownOf([ran(g4, { reason: 'host-out-of-memory' }), ran(p3, {})]), g4), 1);
  });

  it('includes that refused images are neither scored nor paid for', () => {
    const refused = { reason: 'image-refused', billedSeconds: 0, costMicroUsd: 0, seconds: null } as const;
    const known = knownOf([ran(g4, {}), ran(g4, { submission: 'refused', ...refused, devicePeakMiB: null })]);
    assert.equal(known.sample.size, 2);
    const plan = mixPlanOf(questionOf(known, [['s', 'refused']]), { name: 'all', kind: 'all', classes: [g4] });
    assert.equal(plan.scored.p50, 0.5);
    assert.equal(plan.hours.p50, 1);
  });

  it('is undefined if no run succeeded, and names classes on which none did', () => {
    const runs = classes.map((on) => ran(on, { reason: 'submission-error', seconds: 5 }));
    assert.equal(pilotKnowledge(runs, limits, classes), undefined);
    assert.equal(pilotKnowledge([], limits, classes), undefined);
    const mixed = runs.map((run) => (run.class === g4.name ? { ...run, reason: null } : run));
    assert.deepEqual(knownOf(mixed).missing, [c4.name, p3.name]);
  });

  it('ignores runs that the platform or an operator ended', () => {
    const noDevice: Reason[] = ['platform-error', 'spot-reclaimed', 'unplaceable', 'budget-exhausted', 'cancelled'];
    for (const reason of noDevice) {
      const known = knownOf([ran(g4, { reason, seconds: null, devicePeakMiB: null }), ran(p3, {})]);
      assert.equal(scoredOn(known, g4), 1, reason);
      assert.deepEqual(known.missing, [g4.name, c4.name]);
    }
    assert.equal(pilotKnowledge([ran(g4, { reason: 'platform-error' })], limits, classes), undefined);
  });

  it('ignores submissions that failed without a GPU and did not run with one', () => {
    const failed = { submission: 'needs a device', reason: 'submission-error' } as const;
    const onlyHere = [ran(g4, {}), ran(c4, failed)];
    assert.deepEqual([...knownOf(onlyHere).sample.keys()], ['s']);
    assert.equal(knownOf([...onlyHere, ran(p3, failed)]).sample.size, 2);
    assert.equal(knownOf([ran(c4, {}), ran(c4, failed)], [c4]).sample.size, 2, 'if there are no GPUs at all');
  });
});
