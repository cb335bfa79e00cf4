import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { closeSubmission, openSubmission, settleRun, takeRequest } from '../../src/campaign/bookkeeping.ts';
import { heldSlots, reservedMicroUsd, type CampaignState } from '../../src/campaign/campaign-state.ts';
import { limitsOf } from '../../src/campaign/initial-state.ts';
import { decide, type SchedulerLimits } from '../../src/campaign/scheduler.ts';
import { campaignOf, decideNow, grantsNow, now, open, option, request } from './state-samples.ts';

const wide: SchedulerLimits = { preparing: 100, open: 100, perTeam: 100 };
/** Teams in the order in which their submissions are started. */
const startsOf = (state: CampaignState, limits = wide): string[] =>
  decide(state, limits, now).flatMap((decision) => (decision.kind === 'start' ? [decision.team] : []));
const team = (state: CampaignState, name: string) => state.teams[name] ?? assert.fail();

describe('starting submissions', () => {
  it('goes round the teams in the order of the hand-in', () => {
    const state = campaignOf({ a: 3, b: 1, c: 2 });
    assert.deepEqual(startsOf(state), ['a', 'b', 'c', 'a', 'c', 'a']);
  });

  it('names each submission of a team once, in order', () => {
    const state = campaignOf({ a: 2, b: 2 });
    const picks = decide(state, wide, now).map(
      (decision) => decision.kind === 'start' && [decision.team, decision.index],
    );
    assert.deepEqual(picks, [
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['b', 1],
    ]);
    assert.deepEqual(decide(state, wide, now), []);
  });

  it('starts the first priority before any other, and gives a team of double weight two starts for one', () => {
    const state = campaignOf({ a: 2, b: 4, c: 1 });
    team(state, 'c').priority = 1;
    team(state, 'b').weight = 2;
    assert.deepEqual(startsOf(state), ['c', 'a', 'b', 'b', 'a', 'b', 'b']);
  });

  it('shares starts by weight in the long run', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), (weight) => {
        const state = campaignOf({ a: 1_000, b: 1_000 });
        team(state, 'b').weight = weight;
        const started = startsOf(state, { preparing: 200, open: 200, perTeam: 200 });
        const ofB = started.filter((name) => name === 'b').length;
        assert.ok(Math.abs(ofB - (200 * weight) / (1 + weight)) <= 1);
      }),
    );
  });

  it('respects the limits on preparing, open and per team', () => {
    assert.equal(startsOf(campaignOf({ a: 9 }), { ...wide, preparing: 4 }).length, 4);
    assert.equal(startsOf(campaignOf({ a: 9 }), { ...wide, open: 3 }).length, 3);
    assert.deepEqual(startsOf(campaignOf({ a: 9, b: 9 }), { ...wide, perTeam: 2 }), ['a', 'b', 'a', 'b']);
  });

  it('counts what is open already', () => {
    const state = campaignOf({ a: 9, b: 9 });
    open(state, { s: 'a', t: 'a' });
    assert.deepEqual(startsOf(state, { ...wide, perTeam: 2, preparing: 3 }), ['b']);
  });

  it('lets a submission that waits for an evaluation hold no preparing place', () => {
    const state = campaignOf({ a: 9 });
    open(state, { s: 'a' });
    assert.deepEqual(startsOf(state, { ...wide, preparing: 1 }), []);
    takeRequest(state, request('s', 1, 'evaluation', [option('p3', 99_999)]));
    assert.deepEqual(startsOf(state, { ...wide, preparing: 1 }), ['a']);
  });

  it('lets a paused team’s waiting probes hold no preparing place: the others go on', () => {
    const state = campaignOf({ a: 2, b: 2 });
    open(state, { s: 'a', t: 'a' });
    for (const submission of ['s', 't']) takeRequest(state, request(submission, 1, 'probe'));
    team(state, 'a').paused = true;
    assert.deepEqual(startsOf(state, { ...wide, preparing: 2 }), ['b', 'b']);
  });

  it('starts nothing of a paused team, and goes on where it was when the team resumes', () => {
    const state = campaignOf({ a: 2, b: 1 });
    team(state, 'a').paused = true;
    assert.deepEqual(startsOf(state), ['b']);
    team(state, 'a').paused = false;
    assert.deepEqual(startsOf(state), ['a', 'a']);
  });

  it('starts nothing while paused, past the deadline or closing', () => {
    const state = campaignOf({ a: 2 });
    assert.deepEqual(decide({ ...state, paused: true }, wide, now), []);
    assert.deepEqual(decide(state, wide, Date.parse(state.deadline)), []);
    assert.deepEqual(decide({ ...state, closing: 'cancelled' }, wide, now), []);
  });
});

describe('granting runs', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf({ a: 9, b: 9 });
    open(state, { s: 'a', t: 'a', u: 'b', v: 'b' });
  });
  const ask = (submission: string, ...options: ReturnType<typeof option>[]): void => {
    takeRequest(state, request(submission, 1, 'evaluation', options.length > 0 ? options : undefined));
  };

  it('gives the slots of a class to who waited longest', () => {
    for (const submission of ['u', 't', 's']) ask(submission);
    assert.deepEqual(grantsNow(state), [
      ['u', 'g4'],
      ['t', 'g4'],
    ]);
    settleRun(state, { submission: 'u', n: 1, class: 'g4', costMicroUsd: 1 });
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('goes by the team’s priority before the waiting time', () => {
    team(state, 'b').priority = 2;
    for (const submission of ['s', 't', 'u', 'v']) ask(submission);
    assert.deepEqual(
      grantsNow(state).map(([submission]) => submission),
      ['u', 'v'],
    );
  });

  it('reserves the worst case and tells it with the grant', () => {
    ask('s', option('p3', 700));
    assert.deepEqual(decideNow(state)[0], { kind: 'grant', submission: 's', n: 1, class: 'p3', reserved: 700 });
    assert.equal(reservedMicroUsd(state), 700);
  });

  it('never commits more than the budget, and lets what fits pass what does not', () => {
    ask('s', option('g4', 600));
    ask('t', option('g4', 401));
    ask('u', option('g4', 400));
    assert.deepEqual(grantsNow(state), [
      ['s', 'g4'],
      ['u', 'g4'],
    ]);
    settleRun(state, { submission: 's', n: 1, class: 'g4', costMicroUsd: 100 });
    assert.deepEqual(grantsNow(state), [['t', 'g4']], 'a run that cost less than its worst case frees the rest');
  });

  it('waits for a slot of the preferred class rather than paying for a dearer one', () => {
    for (const submission of ['s', 't', 'u']) ask(submission, option('g4', 10), option('p3', 100));
    assert.deepEqual(
      grantsNow(state).map(([, onClass]) => onClass),
      ['g4', 'g4'],
    );
  });

  it('takes the next class while the preferred one is short of machines', () => {
    state.shortUntil['g4'] = now + 1;
    ask('s', option('g4', 10), option('p3', 100));
    ask('t');
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
    assert.deepEqual(grantsNow(state, now + 1), [['t', 'g4']]);
  });

  it('takes the next class when operators left the preferred one no slot', () => {
    state.slots['g4'] = 0;
    ask('s', option('g4', 10), option('p3', 100));
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
  });

  it('takes the next class when the preferred one’s worst case can never be paid', () => {
    ask('s', option('g4', 1_001), option('p3', 1_000));
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
  });

  it('waits when the worst case can be paid as soon as running jobs have ended', () => {
    ask('s', option('g4', 600));
    ask('t', option('g4', 900), option('p3', 500));
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    closeSubmission(state, { submission: 's', state: 'finished', costMicroUsd: 100 });
    assert.deepEqual(grantsNow(state), [['t', 'g4']]);
  });

  it('grants nothing to a paused team, and does not let it block the others', () => {
    ask('s');
    ask('u');
    team(state, 'a').paused = true;
    assert.deepEqual(grantsNow(state), [['u', 'g4']]);
    team(state, 'a').paused = false;
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('grants nothing while paused or past the deadline, and goes on afterwards', () => {
    ask('s');
    state.paused = true;
    assert.deepEqual(decideNow(state), []);
    state.paused = false;
    assert.deepEqual(decideNow(state, Date.parse(state.deadline)), []);
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('probes first while few evaluations wait for the class, evaluations first when many do', () => {
    const probe = (submission: string): void => {
      takeRequest(state, request(submission, 1, 'probe'));
    };
    state.slots['g4'] = 1;
    ask('s');
    probe('t');
    assert.deepEqual(grantsNow(state), [['t', 'g4']]);
    settleRun(state, { submission: 't', n: 1, class: 'g4', costMicroUsd: 1 });
    ask('v');
    probe('u');
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('lets held runs end when slots are taken away, and grants no more', () => {
    ask('s');
    ask('t');
    decideNow(state);
    state.slots['g4'] = 1;
    ask('u');
    settleRun(state, { submission: 's', n: 1, class: 'g4', costMicroUsd: 1 });
    assert.deepEqual(grantsNow(state), []);
    assert.deepEqual({ ...heldSlots(state) }, { g4: 1 });
  });

  it('refuses all that waits in a closing campaign, with the reason of the closing', () => {
    ask('s');
    ask('u');
    state.closing = 'budget-exhausted';
    assert.deepEqual(decideNow(state), [
      { kind: 'refuse', submission: 's', n: 1, reason: 'budget-exhausted' },
      { kind: 'refuse', submission: 'u', n: 1, reason: 'budget-exhausted' },
    ]);
    assert.deepEqual(decideNow(state), []);
  });
});

describe('a campaign of 2,300 teams', () => {
  it('with 1,300 open submissions is decided in well under a second', () => {
    const teams = Object.fromEntries(Array.from({ length: 2_300 }, (_, index) => [`team-${index}`, 2]));
    const state = campaignOf(teams);
    state.slots = { g4: 100, p3: 100 };
    state.money.budget = 1e12;
    for (let index = 0; index < 1_300; index += 1) {
      openSubmission(state, `s-${index}`, `team-${index}`);
      takeRequest(state, request(`s-${index}`, 1));
    }
    const begun = performance.now();
    const decisions = decide(state, limitsOf(state, 2), now);
    assert.ok(performance.now() - begun < 1_000);
    assert.equal(decisions.filter(({ kind }) => kind === 'grant').length, 100);
    assert.equal(decisions.filter(({ kind }) => kind === 'start').length, 200);
  });
});
