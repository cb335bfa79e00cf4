import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { initialState } from '../../../src/campaign/state/initial-state.ts';
import { caseCampaign } from '../samples.ts';
import type { OpenSubmission } from '../../../src/campaign/state/open-submission.ts';
import { bookedState, campaignOf, option, settlement } from './state-samples.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';

describe('the state of a campaign', () => {
  it('begins with the campaign file and the work lists, nothing open and nothing spent', () => {
    const frozen = caseCampaign({ budget: { microUsd: 5_000_000, rerunReserveShare: 0.1 } });
    const work = {
      workLists: ['one', 'two'],
      rounds: [1, 3],
      started: [0, 2],
      weights: [{ team: 1, name: 'b', weight: 2 }],
    };
    const state = initialState(frozen, work);
    assert.deepEqual(
      JSON.parse(JSON.stringify({ ...state, treatments: [...state.treatments], open: [...state.open] })),
      {
        workLists: ['one', 'two'],
        rounds: [1, 3],
        started: [0, 2],
        treatments: [[1, { team: 'b', priority: 3, weight: 2, paused: false }]],
        open: [],
        money: {
          budget: 5_000_000,
          reserveShare: 0.1,
          spent: 0,
          reruns: 0,
          probes: 0,
          overhead: 0,
          canaries: 0,
          byClass: {},
        },
        slots: { 'g4dn.xlarge': 85, 'c4.4xlarge': 20, 'p3.2xlarge': 20 },
        shortUntil: {},
        faults: { byClass: {}, all: null, images: null, proven: {} },
        canaries: { byClass: {} },
        deadline: frozen.deadline,
        paused: false,
        deadlineAtRisk: false,
        counts: { finished: 0, failed: 0, cancelled: 0 },
        reasons: {},
        rescores: {},
        statistics: { since: null, byClass: {} },
        operatorsLog: [],
        ticket: 0,
      },
    );
    state.takeNextRound(0);
    assert.deepEqual(work.started, [0, 2], 'the work lists are not its own');
  });

  it('is changed by its methods alone: no write from outside compiles', () => {
    const state: CampaignState = campaignOf([1]);
    const writes = (open: OpenSubmission): void => {
      // @ts-expect-error read-only
      state.paused = true;
      // @ts-expect-error read-only
      state.open = new Map();
      // @ts-expect-error read-only
      state.closing = 'cancelled';
      // @ts-expect-error read-only
      state.money.budget = 1;
      // @ts-expect-error read-only
      state.money.byClass['g4'] = 1;
      // @ts-expect-error read-only
      state.slots['g4'] = 1;
      // @ts-expect-error read-only
      state.counts.failed += 1;
      // @ts-expect-error read-only
      state.started[0] = 1;
      // @ts-expect-error read-only
      state.operatorsLog.push({ at: '', act: '', by: '' });
      // @ts-expect-error read-only
      state.treatments.set(0, { team: 'a', priority: 1, weight: 1, paused: true });
      // @ts-expect-error read-only
      state.open.delete('s');
      // @ts-expect-error read-only
      open.preparing = false;
      // @ts-expect-error read-only
      open.request = undefined;
      // @ts-expect-error read-only
      open.request?.options.push(option('g4', 1));
      // @ts-expect-error read-only
      state.faults.images = null;
      // @ts-expect-error read-only
      delete state.faults.byClass['g4'];
      // @ts-expect-error read-only
      state.statistics.since = 0;
      // @ts-expect-error read-only
      for (const { ran } of Object.values(state.statistics.byClass)) ran.lost += 1;
      // @ts-expect-error private
      state.book(open, settlement(1, 1));
    };
    assert.equal(typeof writes, 'function');
  });

  it('prepares as many submissions as there are slots, 200 at most, and has 1,500 open at most', () => {
    const state: CampaignState = initialState(caseCampaign(), {
      workLists: [],
      rounds: [],
      started: [],
      weights: [],
    });
    assert.deepEqual(limitsOf(state, 2), { preparing: 125, open: 1_500, perTeam: 2 });
    state.setSlots('g4dn.xlarge', 1_000);
    assert.equal(limitsOf(state, 2).preparing, 200);
    assert.equal(limitsOf(campaignOf([]), 3).preparing, 3);
  });

  it('contains no class under a name that every object inherits', () => {
    const state = bookedState();
    for (const record of [state.slots, state.shortUntil, state.money.byClass, state.statistics.byClass]) {
      for (const name of ['constructor', 'toString', 'valueOf', '__proto__'])
        assert.equal(record[name], undefined, name);
    }
  });
});
