import { classShortageMs } from '../../../src/campaign/state/class-shortage.ts';
import assert from 'node:assert/strict';
import { progressOf } from '../../../src/campaign/operators/progress.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import {
  bookedState,
  campaignOf,
  decideNow,
  given,
  now,
  open,
  report,
  request,
  settlement,
  treat,
} from '../state/state-samples.ts';

describe('the progress of a campaign', () => {
  it('counts every round in exactly one state', () => {
    const state = campaignOf([6, 1]);
    const expect = (change: Record<string, number>): void => {
      const all = { queued: 0, preparing: 0, waiting: 0, running: 0, scoring: 0, finished: 0, failed: 0, cancelled: 0 };
      const { counts, submissions } = progressOf('case', state, null, now);
      assert.deepEqual(counts, { ...all, ...change });
      assert.equal(submissions, 7);
    };
    expect({ queued: 7 });
    open(state, { s: 0 });
    expect({ queued: 6, preparing: 1 });
    state.request(request('s', 1));
    expect({ queued: 6, waiting: 1 });
    decide(state, { preparing: 0, open: 0, perTeam: 0 }, now);
    expect({ queued: 6, running: 1 });
    state.settle(settlement(1, 1));
    expect({ queued: 6, scoring: 1 });
    state.finish(report(1));
    expect({ queued: 6, finished: 1 });
  });

  it('counts a refused round until its report comes', () => {
    const state = campaignOf([1]);
    open(state, { s: 0 });
    state.request(request('s', 1));
    state.set({ closing: 'cancelled' });
    decideNow(state);
    assert.equal(progressOf('case', state, null, now).counts.scoring, 1);
  });

  it('counts a submission once more when its next round comes', () => {
    const state = campaignOf([1]);
    open(state, { s: 0 });
    state.finish(report(0, { state: 'failed' }));
    given(state, { rounds: [2] });
    assert.equal(progressOf('case', state, null, now).submissions, 2);
    given(state, { started: [2] });
    state.start('s', 0, 2);
    state.finish(report(0, { sequence: 2 }));
    const { counts, submissions } = progressOf('case', state, null, now);
    assert.deepEqual([counts.finished, counts.failed, submissions], [1, 1, 2]);
  });

  it('shows for each class: ended runs, those out of GPU memory, and their time against the prediction', () => {
    const state = bookedState();
    for (let end = 0; end < 30; end += 1) {
      const run = { class: 'g4', purpose: 'evaluation', billedSeconds: 200, expectedSeconds: 100 } as const;
      state.statistics.addEndedRun(
        end < 10 ? { ...run, reason: 'gpu-out-of-memory' } : run,
        end < 10 ? 'p3' : undefined,
      );
    }
    const { g4, p3 } = progressOf('case', state, null, now).classes;
    assert.deepEqual([g4?.ended, g4?.outOfMemory, p3?.ended], [30, 10, 0]);
    assert.deepEqual([g4?.times.toFixed(2), p3?.times.toFixed(2)], ['1.92', '1.68'], 'by the sample’s fault on both');
  });

  it('shows money, classes, paused and prioritised teams', () => {
    const state = bookedState();
    Object.assign(state.money, { reserveShare: 0.25 });
    treat(state, 0, { team: 'a', paused: true });
    treat(state, 1, { team: 'b', priority: 1 });
    const progress = progressOf('case', state, null, now);
    assert.deepEqual(progress.money, {
      budget: 1_000,
      rerunReserve: 250,
      spent: 40,
      reserved: 100,
      probes: 40,
      overhead: 0,
      canaries: 0,
    });
    const nothingSeen = { ended: 0, outOfMemory: 0, times: 1, ends: [] };
    const probe = { purpose: 'probe', reason: null, count: 1 };
    assert.deepEqual(progress.classes, {
      g4: { slots: 2, running: 1, waiting: 1, spent: 40, short: false, ...nothingSeen, ends: [probe] },
      p3: { slots: 1, running: 0, waiting: 0, spent: 0, short: true, unproven: true, ...nothingSeen },
    });
    assert.equal(progressOf('case', state, null, now + classShortageMs).classes['p3']?.short, false);
    assert.deepEqual(progress.pausedTeams, ['a']);
    assert.deepEqual(progress.prioritised, [{ team: 'b', priority: 1, weight: 1 }]);
    assert.deepEqual([progress.hold, progress.closing, progress.forecast], [null, null, null]);
  });
});
