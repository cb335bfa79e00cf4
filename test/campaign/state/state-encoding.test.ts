import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { encodeState, decodeState, type EncodedState } from '../../../src/campaign/state/state-encoding.ts';
import { mapOf, optional, plain, tuple } from '../../../src/campaign/state/json-encoding.ts';
import { optionOn } from '../../../src/campaign/evaluation/class-choice.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import { classes, limits } from '../samples.ts';
import { bookedState, campaignOf, given, now, report, request, settlement, treat } from './state-samples.ts';

const rules = { classes, limits };
const json = (state: CampaignState): string => JSON.stringify(encodeState(state, rules));

/** As large as a campaign gets: 100,000 rounds of 50,000 teams, 1,500 open that all wait with three options. */
function largeState(): CampaignState {
  const budget = { microUsd: 1e15, rerunReserveShare: 0 };
  const state = campaignOf(
    Array.from({ length: 50_000 }, () => 2),
    { instanceClasses: classes, budget },
  );
  given(state, { started: state.rounds.map(() => 1) });
  for (let n = 0; n < 1_500; n += 1) {
    const submission = `sub-${40_000_000 + n * 7}`;
    state.start(submission, 48_000 + n, 1);
    const options = classes.map((on) => optionOn(rules, on, 30_000 + n));
    state.request({
      ...request(submission, 3, 'evaluation', options, true),
      ...(n % 2 === 0 && { needMeasured: true }),
      settles: {
        submission,
        n: 2,
        purpose: 'evaluation',
        rerun: false,
        class: 'p3.2xlarge',
        billedSeconds: 30_000 + n,
        costMicroUsd: 24_000_000 + n,
        reason: 'gpu-out-of-memory',
      },
    });
  }
  return state;
}

describe('the state that a campaign hands to its next run', () => {
  it('takes at most 256 KB with 50,000 teams and 1,500 submissions that wait with three options each', () => {
    const state = largeState();
    const bytes = Buffer.byteLength(json(state));
    assert.ok(bytes <= 224_000, `${bytes} bytes`);
    decide(state, { preparing: 200, open: 1_500, perTeam: 2 }, now);
    assert.equal([...state.open.values()].filter(({ grant }) => grant).length, 85);
    assert.ok(Buffer.byteLength(json(state)) <= 224_000);
  });

  it('is the same after JSON, also when it is large', () => {
    const state = largeState();
    decide(state, { preparing: 200, open: 1_500, perTeam: 2 }, now);
    const again = decodeState(JSON.parse(json(state)), { rounds: state.rounds }, rules);
    assert.deepEqual(again, state);
    assert.deepEqual([...again.open.keys()], [...state.open.keys()]);
  });

  it('keeps the number of rounds that each team started, few or many', () => {
    const state = campaignOf([1, 99, 40, 5_000, 36, 35, 0]);
    given(state, { started: [1, 99, 0, 4_321, 36, 35, 0] });
    const { started } = decodeState(JSON.parse(json(state)), { rounds: state.rounds }, rules);
    assert.deepEqual(started, state.started);
  });

  it('counts ended runs, from 0 on if it comes from an older version', () => {
    const state = bookedState();
    assert.deepEqual(state.statistics.endsOn('g4'), [{ purpose: 'probe', reason: null, count: 1 }]);
    const encoded = JSON.parse(json(state)) as EncodedState & { pace: { byClass: Record<string, { ends?: unknown }> } };
    const again = (): CampaignState => decodeState(encoded, { rounds: state.rounds }, rules);
    assert.deepEqual(again().statistics.endsOn('g4'), state.statistics.endsOn('g4'));
    for (const ofClass of Object.values(encoded.pace.byClass)) delete ofClass.ends;
    const older = again();
    assert.deepEqual(older.statistics.endsOn('g4'), []);
    older.settle(settlement(1, 5, { submission: 's', purpose: 'probe', reason: 'time-limit' }));
    assert.deepEqual(older.statistics.endsOn('g4'), [{ purpose: 'probe', reason: 'time-limit', count: 1 }]);
  });

  it('has a version: a state without one has version 1, and other versions are refused', () => {
    const state = bookedState();
    const { version, ...unversioned } = encodeState(state, rules);
    assert.equal(version, 1);
    const again = (encoded: object): CampaignState =>
      decodeState(JSON.parse(JSON.stringify(encoded)), { rounds: state.rounds }, rules);
    assert.deepEqual(again(unversioned), again({ version, ...unversioned }));
    assert.throws(() => again({ ...unversioned, version: 2 }), /^RangeError: unknown version 2 of a state$/);
  });

  it('does not compile if a field is not listed, or its codec does not fit', () => {
    interface Sample {
      listed: number;
      added?: string;
      map: Map<string, number>;
    }
    // @ts-expect-error `added` is not listed.
    tuple<Sample>({ listed: plain(), map: mapOf(plain()) });
    // @ts-expect-error a map would become {}.
    tuple<Sample>({ listed: plain(), added: optional(plain()), map: plain() });
    // @ts-expect-error `added` may be absent.
    tuple<Sample>({ listed: plain(), added: plain<string>(), map: mapOf(plain()) });
  });

  it('accepts teams that were added since', () => {
    const state = campaignOf([2]);
    given(state, { started: [2] });
    const again = decodeState(JSON.parse(json(state)), { rounds: [2, 3] }, rules);
    assert.deepEqual(
      [again.rounds, again.started],
      [
        [2, 3],
        [2, 0],
      ],
    );
  });

  it('contains no submission or class under a name that every object inherits', () => {
    const state = decodeState(JSON.parse(json(bookedState())), { rounds: [3, 1] }, rules);
    for (const record of [state.slots, state.shortUntil, state.money.byClass, state.statistics.byClass]) {
      for (const name of ['constructor', 'toString', '__proto__']) assert.equal(record[name], undefined, name);
    }
  });

  it('does not change when the decoded state changes', () => {
    const state = bookedState();
    treat(state, 0, { paused: true });
    const text = json(state);
    const restored: CampaignState = decodeState(JSON.parse(text), { rounds: [3, 1] }, { classes: [], limits });
    restored.finish(report(500));
    restored.takeNextRound(0);
    assert.equal(json(state), text);
  });
});
