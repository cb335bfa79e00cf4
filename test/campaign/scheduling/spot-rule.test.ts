import assert from 'node:assert/strict';
import { EvaluationStateMachine } from '../../../src/campaign/evaluation/evaluation-state-machine.ts';
import { progressOf } from '../../../src/campaign/operators/progress.ts';
import { preferredFarFromDeadline, reasonAgainstSpot } from '../../../src/campaign/scheduling/spot-rule.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { decodeState, encodeState } from '../../../src/campaign/state/state-encoding.ts';
import { offSpotLine } from '../../../src/client/status/off-spot-text.ts';
import { caseCampaign, g4, limits, p3 } from '../samples.ts';
import { campaignOf, given, grantsNow, now, open, option, request, settlement } from '../state/state-samples.ts';

const hourMs = 3_600_000;
const spotClass = { ...g4, name: 'spot', microUsdPerHour: 200_000, purchase: 'spot' as const, onDemandAfter: 2 };
const classes = [spotClass, { ...g4, name: 'g4' }, { ...p3, name: 'p3' }];
const spot = option('spot', 40, { onDemandAfter: 2, hours: 4 });
const onDemand = option('g4', 100, { hours: 3 });

describe('the rule for Spot', () => {
  it('sends a run to an on-demand class after some lost machines', () => {
    const reasons = [0, 1, 2, 3].map((machinesLost) =>
      reasonAgainstSpot(spot, onDemand, { machinesLost, hoursLeft: 100 }),
    );
    assert.deepEqual(reasons, [undefined, undefined, 'losses', 'losses']);
  });

  it('sends a run to an on-demand class once a loss at its end would leave too little time', () => {
    const reasons = [7.1, 7, 6.9, -1].map((hoursLeft) =>
      reasonAgainstSpot(spot, onDemand, { machinesLost: 0, hoursLeft }),
    );
    assert.deepEqual(reasons, [undefined, undefined, 'deadline', 'deadline']);
  });

  it('says nothing about campaigns of older versions', () => {
    const { onDemandAfter: _, ...older } = spot;
    assert.equal(reasonAgainstSpot(older, onDemand, { machinesLost: 9, hoursLeft: 0 }), undefined);
  });

  it('keeps a plan on Spot until a submission has lost its machines', () => {
    const chosen = [0, 2].map((lost) => preferredFarFromDeadline([spot, onDemand], lost)?.class);
    assert.deepEqual([...chosen, preferredFarFromDeadline([spot], 9)?.class], ['spot', 'g4', 'spot']);
  });
});

describe('grants with Spot', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([9, 9], { instanceClasses: classes, deadline: new Date(now + 100 * hourMs).toISOString() });
    given(state, { slots: { spot: 1, g4: 1, p3: 1 } });
    open(state, { s: 0, t: 1 });
  });
  const lose = (n: number): void => {
    state.request(request('s', n, 'evaluation', [spot, onDemand]));
    const [granted] = grantsNow(state);
    state.settle(settlement(n, 1, { class: granted?.[1] ?? 'none', reason: 'spot-reclaimed' }));
  };
  const ask = (n: number, at = now): string | undefined => {
    state.request(request('s', n, 'evaluation', [spot, onDemand]));
    return grantsNow(state, at)[0]?.[1];
  };

  it('go on demand after k losses of the submission, and the campaign says so', () => {
    lose(1);
    lose(2);
    assert.equal(ask(3), 'g4');
    const { offSpot } = progressOf('case', state, null, now);
    assert.deepEqual(offSpot, [{ submission: 's', class: 'g4', reason: 'losses', lost: 2 }]);
    assert.equal(offSpot?.map(offSpotLine)[0], 's on g4, on demand: its submission has lost 2 machines');
    state.request(request('t', 1, 'evaluation', [spot, onDemand]));
    assert.deepEqual(grantsNow(state), [['t', 'spot']], 'the losses of one submission are not another’s');
    assert.equal(progressOf('case', state, null, now).offSpot?.length, 1);
  });

  it('go on demand when the slack to the deadline is used up, and the campaign says so', () => {
    assert.equal(ask(1, now + 93 * hourMs), 'spot');
    state.settle(settlement(1, 1, { class: 'spot', reason: 'spot-reclaimed' }));
    assert.equal(ask(2, now + 94 * hourMs), 'g4');
    assert.match(progressOf('case', state, null, now).offSpot?.map(offSpotLine)[0] ?? '', /too little time/);
  });

  it('wait for an on-demand slot rather than use a free Spot slot after k losses', () => {
    lose(1);
    lose(2);
    state.request(request('t', 1, 'evaluation', [onDemand]));
    assert.deepEqual(grantsNow(state), [['t', 'g4']]);
    assert.equal(ask(3), undefined);
    state.set({ deadlineAtRisk: true });
    assert.deepEqual(grantsNow(state), [], 'also while the deadline is at risk');
  });

  it('use a free Spot slot rather than wait for an on-demand one when the slack is used up', () => {
    const late = now + 94 * hourMs;
    state.request(request('t', 1, 'evaluation', [spot, onDemand]));
    state.request(request('s', 1, 'evaluation', [spot, onDemand]));
    assert.deepEqual(grantsNow(state, late), [
      ['t', 'g4'],
      ['s', 'spot'],
    ]);
    assert.equal(progressOf('case', state, null, late).offSpot?.length, 1);
  });

  it('stay on Spot while no on-demand class is open', () => {
    lose(1);
    lose(2);
    given(state, { slots: { spot: 1, g4: 0, p3: 0 } });
    assert.equal(ask(3), 'spot');
    assert.equal(progressOf('case', state, null, now).offSpot, undefined);
  });

  it('are the same after the campaign has handed its state to its next run', () => {
    lose(1);
    lose(2);
    ask(3);
    const rules = { classes, limits };
    const encoded = JSON.parse(JSON.stringify(encodeState(state, rules)));
    const again = decodeState(encoded, { rounds: state.rounds }, rules);
    assert.deepEqual([again.open.get('s')?.machinesLost, again.open.get('s')?.grant?.offSpot], [2, 'losses']);
    const older = { ...encoded, open: encoded.open.map((fields: unknown[]) => fields.slice(0, 10)) };
    assert.equal(decodeState(older, { rounds: state.rounds }, rules).open.get('s')?.machinesLost, 0);
  });
});

describe('a probe on Spot', () => {
  const optionsOf = (among: typeof classes): string[] => {
    const { testSet } = caseCampaign();
    const machine = new EvaluationStateMachine({ classes: among, limits, testItems: testSet.items, sampleItems: 10 });
    const step = machine.begin(false);
    return step.kind === 'run' ? step.options.map((one) => one.class) : [];
  };

  it('can move to the cheapest on-demand class of its kind', () => {
    assert.deepEqual(optionsOf(classes), ['spot', 'g4']);
    const { onDemandAfter: _, ...older } = spotClass;
    assert.deepEqual(optionsOf([older as typeof spotClass, ...classes.slice(1)]), ['spot']);
  });
});
