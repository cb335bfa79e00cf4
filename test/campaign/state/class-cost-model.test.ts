import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { optionOn } from '../../../src/campaign/evaluation/class-choice.ts';
import { ClassCostModel } from '../../../src/campaign/state/class-cost-model.ts';
import { RunStatistics, type EndOfRun } from '../../../src/campaign/state/run-statistics.ts';
import { c4, classes, g4, limits, p3 } from '../samples.ts';
import { campaignOf, given, grantsNow, open, request, settlement } from './state-samples.ts';

const rules = { classes, limits };
const hour = 3600;
const onG4 = optionOn(rules, g4, 10 * hour);
const onC4 = optionOn(rules, c4, 8 * hour);
const onP3 = optionOn(rules, p3, (10 * hour) / 2.14);

/** Ended evaluations, each by its duration relative to the prediction. */
const addEnded = (
  pace: RunStatistics,
  onClass: string,
  times: readonly number[],
  change: Partial<EndOfRun> = {},
): void => {
  for (const share of times) {
    const end = { class: onClass, purpose: 'evaluation', billedSeconds: 1000 * share, expectedSeconds: 1000 } as const;
    pace.addEndedRun({ ...end, ...change }, change.reason === 'gpu-out-of-memory' ? p3.name : undefined);
  }
};
const times = (count: number, share: number): number[] => Array.from({ length: count }, () => share);
/** A cost model of classes with these slots. */
const modelOf = (pace: RunStatistics, slots = 5): ClassCostModel =>
  new ClassCostModel({ statistics: pace, slots: Object.fromEntries(classes.map(({ name }) => [name, slots])) });
const order = (pace: RunStatistics, options = [onG4, onC4], needMeasured = true): string[] =>
  modelOf(pace)
    .preferred(options, needMeasured)
    .map((option) => option.class);

describe('the cost model of the classes', () => {
  let pace: RunStatistics;
  beforeEach(() => {
    pace = new RunStatistics();
  });

  it('changes nothing before any run has ended: the cheapest prediction comes first', () => {
    assert.deepEqual(order(pace, [onP3, onC4, onG4]), [g4.name, c4.name, p3.name]);
    assert.equal(modelOf(pace).costOf(onG4), onG4.expected);
  });

  it('ranks a class below another whose evaluations take less time than predicted', () => {
    addEnded(pace, g4.name, times(40, 1.5));
    addEnded(pace, c4.name, times(40, 1));
    assert.deepEqual(order(pace), [c4.name, g4.name], '$5.26 becomes about $7.7, $6.37 becomes about the same');
  });

  it('ignores up to nine ended runs, and gives more weight to more of them', () => {
    addEnded(pace, g4.name, times(9, 3));
    assert.equal(modelOf(pace).costOf(onG4), onG4.expected);
    const factors = [1, 10, 180, 1_800].map((more) => {
      addEnded(pace, g4.name, times(more, 3));
      return modelOf(pace).costOf(onG4) / onG4.expected;
    });
    assert.deepEqual(
      factors,
      [...factors].sort((a, b) => a - b),
    );
    const [ten = 0, , many = 0, most = 0] = factors;
    assert.ok(ten > 1.7 && ten < 1.8, `half the way after ten, as a ratio: ${ten}`);
    assert.ok(many > 2.8 && most > 2.95 && most < 3);
  });

  it('applies the factor of the probed class to every class: an unused class does not look cheap', () => {
    addEnded(pace, g4.name, times(100, 2));
    assert.deepEqual(order(pace), [c4.name, g4.name], 'a class of which the speed was compared');
    pace.addEndedRun({ class: g4.name, purpose: 'probe', billedSeconds: 60 }, g4.name);
    assert.deepEqual(order(pace), [g4.name, c4.name]);
    const experience = modelOf(pace);
    assert.ok(Math.abs(experience.costOf(onC4) / onC4.expected - experience.hoursOf(onG4) / onG4.hours) < 0.15);
  });

  it('counts a run that the time limit ended, and that was retried, as at least that long', () => {
    const cutOff = { class: g4.name, purpose: 'evaluation', billedSeconds: 2000, expectedSeconds: 1000 } as const;
    for (let n = 0; n < 40; n += 1) pace.addEndedRun({ ...cutOff, reason: 'time-limit' }, g4.name);
    assert.ok(modelOf(pace).costOf(onG4) / onG4.expected > 1.7);
  });

  it('ignores a few outliers, and runs that ended early out of memory', () => {
    addEnded(pace, g4.name, [...times(20, 1), 90, 90, 90, 0, 0]);
    addEnded(pace, g4.name, times(50, 0.01), { reason: 'gpu-out-of-memory' });
    assert.ok(Math.abs(modelOf(pace).costOf(onG4) / onG4.expected - 1) < 0.01);
  });

  it('keeps every option, in the order of the corrected costs alone', () => {
    const share = fc.double({ min: 0.05, max: 20, noNaN: true });
    const ends = fc.array(fc.record({ on: fc.constantFrom(g4.name, c4.name, p3.name), share }), { maxLength: 60 });
    fc.assert(
      fc.property(ends, (some) => {
        const paceOfSome = new RunStatistics();
        for (const { on, share } of some) addEnded(paceOfSome, on, [share]);
        const experience = modelOf(paceOfSome);
        const options = experience.preferred([onG4, onC4, onP3], true);
        assert.equal(new Set(options).size, 3);
        for (const [place, option] of options.entries()) {
          assert.ok(experience.costOf(option) >= experience.costOf(options[place - 1] ?? option));
          const factor = experience.costOf(option) / option.expected;
          assert.ok(factor >= 0.04 && factor <= 21, 'between the extremes that were seen');
        }
      }),
    );
  });
});

describe('attempts on the smaller GPU', () => {
  let pace: RunStatistics;
  beforeEach(() => {
    pace = new RunStatistics();
  });
  const options = [onG4, onP3];
  const addAttempts = (good: number, outOfMemory: number, failedShare: number, needMeasured: boolean): void => {
    addEnded(pace, g4.name, times(good, 1), { needMeasured });
    addEnded(pace, g4.name, times(outOfMemory, failedShare), { needMeasured, reason: 'gpu-out-of-memory' });
  };

  it('continue while they pay: at 37 % success if they fail at their end, at far less if they fail at once', () => {
    addAttempts(30, 40, 1, false);
    assert.deepEqual(order(pace, options, false), [g4.name, p3.name], '45 % succeeded, with the prior');
    addAttempts(0, 20, 1, false);
    assert.deepEqual(order(pace, options, false), [p3.name, g4.name], '36 % of 95');
    pace = new RunStatistics();
    addAttempts(30, 60, 0.1, false);
    assert.deepEqual(order(pace, options, false), [g4.name, p3.name], '36 % of 95 again, lost after a tenth');
    addAttempts(0, 900, 0.1, false);
    assert.deepEqual(order(pace, options, false), [p3.name, g4.name], '3 % is too little even so');
  });

  it('are at least ten, and two for each slot: early failures end first', () => {
    const first = (slots: number): string | undefined => modelOf(pace, slots).preferred(options, false)[0]?.class;
    addAttempts(0, 9, 1, false);
    assert.equal(first(5), g4.name);
    addAttempts(0, 1, 1, false);
    assert.deepEqual([first(5), first(6)], [p3.name, g4.name]);
    addAttempts(0, 2, 1, false);
    assert.equal(first(6), p3.name);
  });

  it('count only for their kind: saturating runs say nothing about measured ones', () => {
    addAttempts(0, 50, 1, false);
    assert.deepEqual(order(pace, options, true), [g4.name, p3.name]);
    addAttempts(0, 50, 1, true);
    assert.deepEqual(order(pace, options, true), [p3.name, g4.name]);
  });

  it('are always made if no GPU is larger, and on a class without one', () => {
    addAttempts(0, 50, 1, true);
    assert.deepEqual(order(pace, [onG4, onC4], true), [g4.name, c4.name]);
    for (let end = 0; end < 50; end += 1)
      pace.addEndedRun({ class: c4.name, purpose: 'evaluation', billedSeconds: 1 }, g4.name);
    assert.equal(order(pace, [onG4, onC4, onP3], true)[0], c4.name);
  });

  it('are not counted if the platform lost them, an operator ended them, or they are probes', () => {
    for (const reason of ['spot-reclaimed', 'platform-error', 'cancelled', 'unplaceable'] as const) {
      addEnded(pace, g4.name, times(5, 1), { reason });
    }
    addEnded(pace, g4.name, times(5, 1), { purpose: 'probe', reason: 'gpu-out-of-memory' });
    assert.deepEqual(pace.byClass[g4.name]?.memoryOutcomes, {
      measured: { ended: 0, outOfMemory: 0, failedShares: 0 },
      unknown: { ended: 0, outOfMemory: 0, failedShares: 0 },
    });
  });

  it('count a run that an operator ended like a lost one: it took at least that long', () => {
    for (const reason of ['cancelled', 'spot-reclaimed'] as const) addEnded(pace, g4.name, times(5, 1), { reason });
    const [alike] = Object.values(pace.byClass[g4.name]?.measured ?? {});
    assert.deepEqual(alike, { count: 0, sum: 0, followed: 0, lost: 10 });
    assert.equal(pace.byClass[g4.name]?.ran.lost, 5, 'only lost machines count as lost');
  });

  it('without a prediction count as wholly lost, others never as more', () => {
    addEnded(pace, g4.name, [0.5, 7], { reason: 'gpu-out-of-memory' });
    addEnded(pace, g4.name, [0.5], { reason: 'gpu-out-of-memory', expectedSeconds: undefined });
    assert.deepEqual(pace.byClass[g4.name]?.memoryOutcomes.unknown, { ended: 3, outOfMemory: 3, failedShares: 2.5 });
  });
});

describe('a campaign with enough ended runs', () => {
  const names = ['first', 'waiting', 'late', ...Array.from({ length: 9 }, (_, n) => `s${n}`)];
  const among = [
    { ...g4, name: 'g4' },
    { ...p3, name: 'p3' },
  ];
  const options = [hour, hour / 2.14].map((seconds, place) =>
    optionOn({ classes: among, limits: { ...limits, wallClockOn: 'p3' } }, among[place] ?? g4, seconds),
  );
  const fail = (submission: string): void =>
    state.settle(settlement(1, 1, { submission, billedSeconds: hour, reason: 'gpu-out-of-memory' }), 'p3');
  let state: CampaignState;

  it('grants the newly preferred class to waiting requests too, and counts it as the first choice', () => {
    state = campaignOf([99]);
    state.setBudget(1e9);
    given(state, { slots: { g4: 10, p3: 1 } });
    open(state, Object.fromEntries(names.map((name) => [name, 0])));
    const evaluated = names.filter((name) => !['waiting', 'late'].includes(name));
    for (const name of evaluated) state.request(request(name, 1, 'evaluation', options));
    assert.deepEqual(new Set(grantsNow(state).map(([, onClass]) => onClass)), new Set(['g4']));
    evaluated.slice(1).forEach(fail);
    state.setSlots('g4', 1);
    state.request(request('waiting', 1, 'evaluation', options));
    assert.equal(state.open.get('waiting')?.request?.options[0]?.class, 'g4', 'nine failures are not enough');
    assert.deepEqual(grantsNow(state), []);
    fail('first');
    state.request(request('late', 1, 'evaluation', options));
    assert.equal(state.open.get('late')?.request?.options[0]?.class, 'p3');
    assert.deepEqual(grantsNow(state), [['waiting', 'p3']]);
    const firsts = Object.values(state.statistics.byClass).map((pace) => pace.firstEvaluations[0]?.count);
    assert.deepEqual(firsts, [11, 1], 'forecasts learn where submissions begin');
  });
});
