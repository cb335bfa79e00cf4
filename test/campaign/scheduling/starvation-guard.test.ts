import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { blockedReasonOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import {
  campaignOf,
  decideNow,
  given,
  grantsNow,
  holdings,
  now,
  open,
  option,
  report,
  request,
  settlement,
} from '../state/state-samples.ts';

/** Requests an evaluation with this worst case, for a separate team. */
function ask(state: CampaignState, submission: string, worst: number, onClass = 'g4', rerun = false): void {
  const team = state.rounds.length;
  state.addWork({ workLists: [], rounds: [...state.rounds, 1], started: [] });
  open(state, { [submission]: team });
  state.request(request(submission, 1, 'evaluation', [option(onClass, worst)], rerun));
}
const granted = (state: CampaignState): string[] => grantsNow(state).map(([submission]) => submission);
const end = (state: CampaignState, submission: string, cost = 0, onClass = 'g4'): void =>
  state.settle(settlement(1, cost, { submission, class: onClass }));

/** Budget 1,000, of which a running run holds 500; there are slots for every request. */
function halfReserved(): CampaignState {
  const state = campaignOf([]);
  given(state, { slots: { g4: 100, p3: 100 } });
  ask(state, 'half', 500);
  decideNow(state);
  return state;
}

describe('a request that does not fit into the available budget', () => {
  it('is never granted beyond the budget, and lets cheaper requests pass', () => {
    const state = halfReserved();
    ask(state, 'large', 501);
    ask(state, 'small', 500);
    assert.deepEqual(granted(state), ['small']);
    assert.equal(holdings(state).reserved, 1_000);
    end(state, 'half', 499);
    assert.deepEqual(granted(state), []);
    end(state, 'small', 0);
    assert.deepEqual(granted(state), ['large'], 'what a run did not use is free again');
  });

  it('is passed over twenty times, then the money is kept for it', () => {
    const state = halfReserved();
    ask(state, 'large', 501);
    for (let n = 1; n <= 25; n += 1) ask(state, `small-${n}`, 1);
    assert.equal(granted(state).length, 20);
    assert.deepEqual(granted(state), [], 'not at the next decision either');
    for (let n = 1; n <= 20; n += 1) end(state, `small-${n}`);
    assert.deepEqual(granted(state), []);
    end(state, 'half');
    assert.deepEqual(granted(state), ['large', ...[21, 22, 23, 24, 25].map((n) => `small-${n}`)]);
  });

  it('is passed over twenty times in all, over as many decisions as it takes', () => {
    const state = halfReserved();
    ask(state, 'large', 501);
    let passes = 0;
    for (let n = 1; n <= 25; n += 1) {
      ask(state, `small-${n}`, 1);
      const more = granted(state);
      passes += more.length;
      for (const submission of more) end(state, submission);
    }
    assert.equal(passes, 20);
  });

  it('is passed over twenty times too if it is last in order: few evaluations wait for its class, many for the others', () => {
    const state = halfReserved();
    given(state, { slots: { g4: 2, p3: 1 } });
    ask(state, 'large', 501, 'p3');
    for (let n = 1; n <= 40; n += 1) ask(state, `small-${n}`, 1);
    let passes = 0;
    for (let n = 1; n <= 40; n += 1) {
      const more = granted(state);
      passes += more.length;
      for (const submission of more) end(state, submission);
    }
    assert.equal(passes, 20);
    end(state, 'half');
    assert.ok(granted(state).includes('large'), 'it gets its turn');
  });

  it('has money kept for it together with others: each gets its turn, in order of age', () => {
    const state = halfReserved();
    ask(state, 'first', 600);
    ask(state, 'second', 700);
    for (let n = 1; n <= 21; n += 1) ask(state, `small-${n}`, 1);
    assert.equal(granted(state).length, 20);
    end(state, 'half');
    assert.deepEqual(granted(state), ['first'], 'nothing is left beyond what is saved for the second');
    end(state, 'first');
    assert.deepEqual(granted(state), ['second', 'small-21']);
  });

  it('has no money kept while its class has no free slot', () => {
    const state = halfReserved();
    state.setSlots('p3', 1);
    ask(state, 'holder', 100, 'p3');
    decideNow(state);
    ask(state, 'large', 600, 'p3');
    for (let n = 1; n <= 25; n += 1) ask(state, `small-${n}`, 1);
    assert.equal(granted(state).length, 25);
  });

  it('delays no other once it can never be paid: the campaign continues, then is blocked by the budget', () => {
    const state = halfReserved();
    ask(state, 'large', 700);
    for (let n = 1; n <= 21; n += 1) ask(state, `small-${n}`, 1);
    assert.equal(granted(state).length, 20);
    end(state, 'half', 400);
    assert.deepEqual(granted(state), ['small-21']);
    for (const submission of state.open.keys()) if (submission !== 'large') end(state, submission);
    assert.deepEqual(granted(state), []);
    for (const submission of state.open.keys()) if (submission !== 'large') state.finish(report(0, { submission }));
    assert.equal(blockedReasonOf(state, now), 'budget');
    state.setBudget(1_100);
    assert.deepEqual(granted(state), ['large']);
  });

  it('is never passed over by more than twenty younger requests, whatever they request and whenever runs end', () => {
    const step = fc.record({ worst: fc.integer({ min: 1, max: 1_000 }), ends: fc.nat(3), pick: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const state = campaignOf([]);
        given(state, { slots: { g4: 30 } });
        const asked: string[] = [];
        const passes = new Map<string, number>();
        for (const [index, { worst, ends, pick }] of steps.entries()) {
          ask(state, `${index}`, worst);
          asked.push(`${index}`);
          for (const submission of granted(state)) {
            for (const older of asked.slice(0, asked.indexOf(submission))) {
              passes.set(older, (passes.get(older) ?? 0) + 1);
            }
            asked.splice(asked.indexOf(submission), 1);
          }
          assert.ok(Math.max(0, ...passes.values()) <= 20);
          const running = [...state.open].filter(([, { grant }]) => grant).map(([submission]) => submission);
          for (let n = 0; n < ends && running.length > 0; n += 1) {
            for (const submission of running.splice(pick % running.length, 1)) end(state, submission);
          }
        }
      }),
    );
  });
});

describe('the share of the budget that is kept for reruns', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([], { budget: { microUsd: 1_000, rerunReserveShare: 0.25 } });
    given(state, { slots: { g4: 100, p3: 1 } });
  });

  it('is never touched by first evaluations and probes', () => {
    ask(state, 'first', 750);
    assert.deepEqual(granted(state), ['first']);
    ask(state, 'second', 1);
    state.request({ ...request('third', 1, 'probe', [option('g4', 1)]) });
    assert.deepEqual(granted(state), []);
    end(state, 'first', 749);
    assert.deepEqual(granted(state), ['second']);
  });

  it('is free for reruns, which may use everything else as well', () => {
    ask(state, 'first', 750);
    ask(state, 'again', 250, 'g4', true);
    assert.deepEqual(granted(state), ['first', 'again']);
    end(state, 'first', 0);
    ask(state, 'large', 750, 'g4', true);
    assert.deepEqual(granted(state), ['large']);
  });

  it('does not shrink as reruns use it, and reruns are not charged to the first runs’ share twice', () => {
    ask(state, 'again', 250, 'g4', true);
    decideNow(state);
    state.settle(settlement(1, 250, { submission: 'again', rerun: true }));
    ask(state, 'first', 750);
    assert.deepEqual(granted(state), ['first']);
  });

  it('blocks a campaign by its budget when only first runs wait', () => {
    ask(state, 'first', 751);
    assert.deepEqual(granted(state), []);
    assert.equal(blockedReasonOf(state, now), 'budget');
    state.request(request('first', 2, 'evaluation', [option('g4', 751)], true));
    assert.equal(blockedReasonOf(state, now), undefined);
  });

  it('never lets a stream of reruns starve a first run', () => {
    ask(state, 'first-0', 700);
    ask(state, 'again-0', 1, 'p3', true);
    decideNow(state);
    ask(state, 'waits', 100, 'p3');
    for (let n = 1; n <= 60 && state.open.get('waits')?.request; n += 1) {
      ask(state, `again-${n}`, 1, 'p3', true);
      for (const [submission, { grant }] of state.open) if (grant?.class === 'p3') end(state, submission, 0, 'p3');
      decideNow(state);
      ask(state, `first-${n}`, 700);
      for (const [submission, { grant }] of state.open) if (grant?.class === 'g4') end(state, submission);
      decideNow(state);
    }
    assert.equal(state.open.get('waits')?.grant?.class, 'p3');
  });
});
