import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import type { StartLimits } from '../../../src/campaign/scheduling/starts.ts';
import { blockedReasonOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import { decodeState, encodeState } from '../../../src/campaign/state/state-encoding.ts';
import { caseCampaign } from '../samples.ts';
import { campaignOf, changed, given, now, open, option, request, treat } from '../state/state-samples.ts';

const wide: StartLimits = { preparing: 100, open: 100, perTeam: 100 };
/** Rounds in the order in which they are started. */
const picksOf = (state: CampaignState, limits = wide): [team: number, index: number][] =>
  decide(state, limits, now).flatMap((decision) =>
    decision.kind === 'start' ? [[decision.team, decision.index] as [number, number]] : [],
  );
const startsOf = (state: CampaignState, limits = wide): number[] => picksOf(state, limits).map(([team]) => team);

describe('starting rounds', () => {
  it('goes round the teams in the order of the work list', () => {
    assert.deepEqual(startsOf(campaignOf([3, 1, 2])), [0, 1, 2, 0, 2, 0]);
  });

  it('names each round of a team once, in order', () => {
    const state = campaignOf([2, 2]);
    assert.deepEqual(picksOf(state), [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    assert.deepEqual(decide(state, wide, now), []);
  });

  it('continues from the rounds that have already started', () => {
    const state = campaignOf([3, 3]);
    given(state, { started: [2, 0] });
    assert.deepEqual(picksOf(state), [
      [1, 0],
      [1, 1],
      [0, 2],
      [1, 2],
    ]);
  });

  it('starts the first priority before any other, and gives a team of double weight two starts for one', () => {
    const state = campaignOf([2, 4, 1]);
    treat(state, 2, { priority: 1 });
    treat(state, 1, { weight: 2 });
    assert.deepEqual(startsOf(state), [2, 0, 1, 1, 0, 1, 1]);
  });

  it('starts every team’s first round before any team’s second, whatever their weights and places', () => {
    const weight = fc.double({ min: 0.001, max: 1_000, noNaN: true });
    const team = fc.record({ rounds: fc.integer({ min: 1, max: 4 }), weight });
    const places = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.array(team, { minLength: 1, maxLength: 8 }), places, (teams, preparing) => {
        const state = campaignOf(teams.map(({ rounds }) => rounds));
        for (const [number, { weight }] of teams.entries()) treat(state, number, { weight });
        const indices: number[] = [];
        for (let begun = -1; begun < indices.length;) {
          begun = indices.length;
          indices.push(...picksOf(state, { ...wide, preparing }).map(([, index]) => index));
        }
        assert.deepEqual(state.started, state.rounds);
        assert.equal(indices.lastIndexOf(0), teams.length - 1, 'first all first rounds');
      }),
    );
  });

  it('shares starts by weight in the long run', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), (weight) => {
        const state = campaignOf([1_000, 1_000]);
        treat(state, 1, { weight });
        const started = startsOf(state, { preparing: 200, open: 200, perTeam: 200 });
        const ofOther = started.filter((team) => team === 1).length;
        assert.ok(Math.abs(ofOther - (200 * weight) / (1 + weight)) <= 1);
      }),
    );
  });

  it('respects the limits on preparing, open and per team', () => {
    assert.equal(startsOf(campaignOf([9]), { ...wide, preparing: 4 }).length, 4);
    assert.equal(startsOf(campaignOf([9]), { ...wide, open: 3 }).length, 3);
    assert.deepEqual(startsOf(campaignOf([9, 9]), { ...wide, perTeam: 2 }), [0, 1, 0, 1]);
  });

  it('counts submissions that are already open', () => {
    const state = campaignOf([9, 9]);
    open(state, { s: 0, t: 0 });
    assert.deepEqual(startsOf(state, { ...wide, perTeam: 2, preparing: 3 }), [1]);
    assert.deepEqual(startsOf(state, { ...wide, open: 2 }), []);
  });

  it('keeps no preparing place for a submission that waits for an evaluation', () => {
    const state = campaignOf([9]);
    open(state, { s: 0 });
    assert.deepEqual(startsOf(state, { ...wide, preparing: 1 }), []);
    state.request(request('s', 1, 'evaluation', [option('p3', 99_999)]));
    assert.deepEqual(startsOf(state, { ...wide, preparing: 1 }), [0]);
  });

  it('keeps no preparing places for a paused team’s waiting probes, so others continue', () => {
    const state = campaignOf([2, 2]);
    open(state, { s: 0, t: 0 });
    for (const submission of ['s', 't']) state.request(request(submission, 1, 'probe'));
    treat(state, 0, { paused: true });
    assert.deepEqual(startsOf(state, { ...wide, preparing: 2 }), [1, 1]);
  });

  it('starts nothing of a paused team, and continues at the same place when the team resumes', () => {
    const state = campaignOf([2, 1]);
    treat(state, 0, { paused: true });
    assert.deepEqual(startsOf(state), [1]);
    treat(state, 0, { paused: false });
    assert.deepEqual(startsOf(state), [0, 0]);
  });

  describe('rounds that only score', () => {
    const scored: StartLimits = { ...wide, rescores: true };
    /** Team 0 has a round of each kind, team 1 only an evaluation, team 2 two that only score. */
    const mixed = (): CampaignState => {
      const state = campaignOf([2, 1, 2]);
      state.addWork({
        workLists: ['list'],
        rounds: [2, 1, 2],
        started: [0, 0, 0],
        rescores: [
          [0, 0],
          [2, 0],
          [2, 1],
        ],
      });
      return state;
    };
    const scoring = [
      [0, 0],
      [2, 0],
      [2, 1],
    ];

    it('start past the deadline, and nothing else does', () => {
      const state = mixed();
      const late = Date.parse(state.deadline);
      assert.deepEqual(
        decide(state, scored, late).map((one) => one.kind === 'start' && [one.team, one.index]),
        scoring,
      );
      assert.deepEqual(decide(state, scored, late), []);
      assert.equal(blockedReasonOf(changed(state, { open: new Map() }), late), 'deadline');
    });

    it('start without a slot, a preparing place, a place of their team or a copy of any image', () => {
      assert.deepEqual(picksOf(mixed(), { ...scored, preparing: 0, perTeam: 0 }), scoring);
      const state = mixed();
      for (const submission of ['a', 'b', 'c']) state.faults.noteImageFault({ submission, cause: 'no space left' });
      state.blockFaulty(now);
      assert.ok(state.faults.areImagesBlocked(), 'images are blocked');
      assert.deepEqual(picksOf(state, scored), scoring);
    });

    it('wait like all others while paused, closing, for a paused team, and behind a round of their team that is no rescore', () => {
      assert.deepEqual(picksOf(changed(mixed(), { paused: true }), scored), []);
      assert.deepEqual(picksOf(changed(mixed(), { closing: 'cancelled' }), scored), []);
      const state = mixed();
      treat(state, 2, { paused: true });
      assert.deepEqual(picksOf(state, { ...scored, preparing: 0 }), [[0, 0]]);
      const behind = campaignOf([2]);
      behind.addWork({ workLists: ['list'], rounds: [2], started: [0], rescores: [[0, 1]] });
      assert.deepEqual(picksOf(behind, { ...scored, preparing: 0 }), []);
    });

    it('are limited by the number of open submissions', () => {
      assert.deepEqual(picksOf(mixed(), { ...scored, preparing: 0, open: 2 }), scoring.slice(0, 2));
    });

    it('wait like all others in campaigns from before this rule', () => {
      const state = mixed();
      assert.deepEqual(decide(state, wide, Date.parse(state.deadline)), []);
    });

    it('are known to the next run of the workflow', () => {
      const state = mixed();
      const rules = { classes: caseCampaign({}).instanceClasses, limits: caseCampaign({}).limits };
      const again = decodeState(encodeState(state, rules), { rounds: state.rounds, rescores: [[2, 0]] }, rules);
      assert.deepEqual(
        [0, 1, 2].map((team) => again.isNextRescore(team)),
        [false, false, true],
      );
    });
  });

  it('starts nothing while paused, past the deadline or closing', () => {
    const state = campaignOf([2]);
    assert.deepEqual(decide(changed(state, { paused: true }), wide, now), []);
    assert.deepEqual(decide(state, wide, Date.parse(state.deadline)), []);
    assert.deepEqual(decide(changed(state, { closing: 'cancelled' }), wide, now), []);
  });
});
