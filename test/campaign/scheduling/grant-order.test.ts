import { classShortageMs } from '../../../src/campaign/state/class-shortage.ts';
import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
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
  treat,
} from '../state/state-samples.ts';

describe('granting runs', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([9, 9]);
    open(state, { s: 0, t: 0, u: 1, v: 1 });
  });
  const ask = (submission: string, ...options: ReturnType<typeof option>[]): void => {
    state.request(request(submission, 1, 'evaluation', options.length > 0 ? options : undefined));
  };
  const granted = (): string[] => grantsNow(state).map(([submission]) => submission);

  it('gives the slots of a class to the requests that have waited longest', () => {
    state = campaignOf([9, 9, 9]);
    open(state, { s: 0, t: 1, u: 2 });
    for (const submission of ['u', 't', 's']) ask(submission);
    assert.deepEqual(granted(), ['u', 't']);
    state.settle(settlement(1, 1, { submission: 'u' }));
    assert.deepEqual(granted(), ['s']);
  });

  it('gives a slot to the team that holds fewest for its weight, counting all classes', () => {
    given(state, { slots: { g4: 4, p3: 1 } });
    open(state, { w: 0, x: 1 });
    for (const submission of ['s', 't', 'w', 'u', 'v', 'x']) ask(submission);
    assert.deepEqual(granted(), ['s', 'u', 't', 'v'], 'the teams take turns');
    state.settle(settlement(1, 1));
    assert.deepEqual(granted(), ['w']);
    state.settle(settlement(1, 1, { submission: 't' }));
    state.settle(settlement(1, 1, { submission: 'w' }));
    state.request(request('s', 2, 'evaluation', [option('p3', 100)]));
    assert.deepEqual(granted(), ['s', 'x']);
  });

  it('gives a team of weight three three times as many slots', () => {
    state = campaignOf([9, 9]);
    given(state, { slots: { g4: 8 } });
    treat(state, 1, { weight: 3 });
    open(state, Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`${i % 2}-${i}`, i % 2])));
    for (const submission of state.open.keys()) ask(submission, option('g4', 1));
    assert.equal(granted().filter((submission) => submission.startsWith('1')).length, 6);
  });

  it('ranks by the team’s priority before share and waiting time', () => {
    treat(state, 1, { priority: 2 });
    for (const submission of ['s', 't', 'u', 'v']) ask(submission);
    assert.deepEqual(granted(), ['u', 'v']);
  });

  it('reorders waiting requests when a priority changes', () => {
    for (const submission of ['s', 't', 'u', 'v']) ask(submission);
    decideNow(state);
    treat(state, 1, { priority: 1 });
    state.settle(settlement(1, 1));
    assert.deepEqual(granted(), ['v']);
  });

  it('reserves the worst case and states it in the grant', () => {
    ask('s', option('p3', 700));
    assert.deepEqual(decideNow(state)[0], { kind: 'grant', submission: 's', n: 1, class: 'p3', reserved: 700 });
    assert.deepEqual(holdings(state), { slots: { p3: 1 }, reserved: 700 });
    assert.equal(state.statistics.since, now);
  });

  it('waits for a slot of the preferred class rather than pay for a more expensive one', () => {
    for (const submission of ['s', 't', 'u']) ask(submission, option('g4', 10), option('p3', 100));
    assert.deepEqual(
      grantsNow(state).map(([, onClass]) => onClass),
      ['g4', 'g4'],
    );
  });

  it('takes the next class while the preferred one is short of machines', () => {
    state.markShort('g4', now);
    ask('s', option('g4', 10), option('p3', 100));
    ask('t');
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
    assert.deepEqual(grantsNow(state, now + classShortageMs), [['t', 'g4']]);
  });

  it('takes the next class when operators set the preferred one to no slots', () => {
    state.setSlots('g4', 0);
    ask('s', option('g4', 10), option('p3', 100));
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
  });

  it('takes the next class when the preferred one’s worst case can never be paid', () => {
    ask('s', option('g4', 1_001, { expected: 1 }), option('p3', 1_000));
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
  });

  it('waits when the worst case can be paid once running jobs have ended', () => {
    ask('s', option('g4', 600));
    ask('t', option('g4', 900, { expected: 1 }), option('p3', 500));
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    state.finish(report(100));
    assert.deepEqual(grantsNow(state), [['t', 'g4']]);
  });

  it('gives nothing to a paused team, which does not block the others', () => {
    ask('s');
    ask('u');
    treat(state, 0, { paused: true });
    assert.deepEqual(granted(), ['u']);
    treat(state, 0, { paused: false });
    assert.deepEqual(granted(), ['s']);
  });

  it('lets granted runs finish when slots are removed, and grants no more', () => {
    ask('s');
    ask('t');
    decideNow(state);
    state.setSlots('g4', 1);
    ask('u');
    state.settle(settlement(1, 1));
    assert.deepEqual(granted(), []);
    assert.deepEqual(holdings(state).slots, { g4: 1 });
  });
});

describe('probes and evaluations of equal share', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([1, 1, 1, 1]);
    given(state, { slots: { g4: 1 } });
    open(state, { s: 0, t: 1, u: 2, v: 3 });
  });
  const granted = (): string[] => grantsNow(state).map(([submission]) => submission);

  it('are granted probes first while no more evaluations wait for the class than it has slots', () => {
    state.request(request('s', 1));
    state.request(request('t', 1, 'probe'));
    assert.deepEqual(granted(), ['t']);
  });

  it('are granted evaluations first when more of them wait', () => {
    state.request(request('t', 1, 'probe'));
    state.request(request('s', 1));
    state.request(request('v', 1));
    assert.deepEqual(granted(), ['s']);
  });

  it('are ordered by the evaluations that wait for that class only', () => {
    state.setSlots('p3', 1);
    for (const submission of ['u', 'v']) state.request(request(submission, 1, 'evaluation', [option('p3', 100)]));
    state.request(request('s', 1));
    state.request(request('t', 1, 'probe'));
    assert.deepEqual(granted().sort(), ['t', 'u']);
  });
});
