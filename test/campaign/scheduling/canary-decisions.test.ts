import assert from 'node:assert/strict';
import type { CanaryReport, CanaryVerdict } from '../../../src/campaign/model/canaries/canary-report.ts';
import { decideCanaries } from '../../../src/campaign/scheduling/canary-decisions.ts';
import { blockedReasonOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { decodeState, encodeState, type EncodedState } from '../../../src/campaign/state/state-encoding.ts';
import { restoredCanaries } from '../../../src/campaign/state/canaries.ts';
import { caseCampaign } from '../samples.ts';
import { campaignOf, given, now, open, option, request, settlement } from '../state/state-samples.ts';

const worst = { g4: 10, p3: 60 };
const fault: CanaryVerdict = { kind: 'no-outcome', reason: 'platform-error', cause: 'no runner' };

describe('canaries', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([1, 1, 1]);
    open(state, { a: 0, b: 1, c: 2 });
    state.request(request('a', 1, 'evaluation', [option('g4', 100), option('p3', 200)]));
  });
  const granted = (): string[] =>
    decide(state, { ...limitsOf(state, 10), needCanaries: true }, now).flatMap((one) =>
      one.kind === 'grant' ? [`${one.submission} on ${one.class}`] : [],
    );
  const decided = (at = now): string[] =>
    decideCanaries(state, worst, at).map((one) => `${one.kind} ${one.class} ${one.n}`);
  const report = (change: Partial<CanaryReport> = {}): CanaryReport => ({
    class: 'g4',
    n: 1,
    jobId: 'job',
    verdict: { kind: 'holds' },
    billedSeconds: 20,
    costMicroUsd: 3,
    ...change,
  });

  it('come before the first grant on a class, and only on the class that a request would run on', () => {
    assert.deepEqual([granted(), decided()], [[], ['begin g4 1']]);
    assert.deepEqual([granted(), decided()], [[], []], 'while it runs');
    assert.deepEqual(state.endCanary(report(), now), { kind: 'opened' });
    assert.deepEqual([granted(), decided()], [['a on g4'], []]);
    state.request(request('b', 1, 'evaluation', [option('p3', 200)]));
    assert.deepEqual([granted(), decided()], [[], ['begin p3 1']]);
  });

  /** One decision, as the campaign's workflow makes it: grants, then canaries. */
  const step = (costs: Record<string, number> = worst, areKept = true): string[] => {
    const limits = {
      ...limitsOf(state, 100),
      needCanaries: true as const,
      ...(areKept && { inTurn: { canaryCosts: costs } }),
    };
    const grants = decide(state, limits, now).flatMap((one) => (one.kind === 'grant' ? [one.submission] : []));
    const canaries = decideCanaries(state, costs, now);
    return [...grants, ...canaries.map((one) => `canary ${one.n} on ${one.class}`)];
  };
  /** How many runs are granted before a canary on p3, while more and more requests wait for g4. Two runs fit into the budget. */
  function grantsBefore({ cost, others = [], areKept = true }: { cost: number; others?: string[]; areKept?: boolean }) {
    state = campaignOf(Array.from({ length: 80 }, () => 1));
    state.endCanary(report(), now);
    given(state, { money: Object.assign(state.money, { budget: 250, spent: 0 }) });
    const decide = (): string[] => step({ ...worst, p3: cost }, areKept);
    let team = 0;
    const ask = (name: string, options = [option('g4', 100)]): void => {
      open(state, { [name]: team++ });
      state.request(request(name, 1, 'evaluation', options));
    };
    for (const name of ['first', 'second']) ask(name);
    decide();
    for (const name of ['starved', ...others]) ask(name, [option('p3', 200)]);
    const decisions: string[] = [];
    for (let n = 1; n <= 60 && decisions.at(-1) !== 'canary 1 on p3'; n += 1) {
      ask(`later-${n}`);
      const running = [...state.open].find(([, { grant }]) => grant)?.[0] ?? '';
      state.settle(settlement(1, 0, { submission: running }));
      decisions.push(...decide());
    }
    return decisions.indexOf('canary 1 on p3');
  }

  it('get the first money that is enough for them', () => {
    assert.equal(grantsBefore({ cost: 60 }), 0);
  });

  it('are passed over by twenty runs at most, then money is kept for them, once for all requests that wait for them', () => {
    assert.equal(grantsBefore({ cost: 160 }), 20);
    assert.equal(grantsBefore({ cost: 160, others: ['b', 'c', 'd'] }), 20);
    assert.equal(grantsBefore({ cost: 160, areKept: false }), -1, 'as campaigns from before this rule decide');
  });

  it('come before runs if their money is there', () => {
    state.endCanary(report(), now);
    given(state, { money: Object.assign(state.money, { budget: 250 }) });
    state.request(request('b', 1, 'evaluation', [option('p3', 200)]));
    state.request(request('c', 1, 'evaluation', [option('g4', 100)]));
    assert.deepEqual(step(), ['a', 'canary 1 on p3']);
    assert.equal(state.open.get('c')?.request?.passed, 0);
  });

  it('come first on the option that their request prefers by now, also while no class is open', () => {
    const [small, large] = [option('g4', 100, { expected: 50 }), option('p3', 200, { expected: 60 })];
    state.request(request('b', 1, 'evaluation', [small, large]));
    state.open.get('a')?.dropRequest();
    const run = { ...settlement(1, 1, { billedSeconds: 36_000 }), expectedSeconds: 60, needMeasured: true as const };
    // Runs on g4 turn out to take far longer than expected since the request came.
    for (let n = 0; n < 40; n += 1) {
      state.statistics.addEndedRun(run, undefined);
    }
    assert.deepEqual(step(), ['canary 1 on p3']);
  });

  it('are not needed by campaigns from before this rule', () => {
    const decisions = decide(state, limitsOf(state, 10), now);
    assert.deepEqual(
      decisions.map(({ kind }) => kind),
      ['grant'],
    );
  });

  it('reserve their worst case and are booked once', () => {
    assert.deepEqual(decided(), ['begin g4 1']);
    assert.equal(state.canaries.reserved, 10);
    state.endCanary(report(), now);
    assert.equal(state.endCanary(report({ costMicroUsd: 7 }), now), undefined);
    const { spent, canaries, byClass, probes, overhead, reruns } = state.money;
    assert.deepEqual([spent, canaries, byClass['g4'], probes, overhead, reruns], [3, 3, 3, 0, 0, 0]);
    assert.equal(state.canaries.reserved, 0);
  });

  it('wait for money that runs have reserved, and use what is kept for reruns', () => {
    given(state, { money: Object.assign(state.money, { budget: 205, reserveShare: 0.9 }) });
    state.canaries.begin('p3', 200, now);
    assert.deepEqual(decided(), []);
    state.endCanary(report({ class: 'p3', costMicroUsd: 0 }), now);
    state.request(request('b', 1, 'evaluation', [option('g4', 100)], true));
    assert.deepEqual(decided(), ['begin g4 1']);
  });

  it('also come on more expensive classes while the deadline is at risk, and nothing moves there meanwhile', () => {
    given(state, { deadlineAtRisk: true });
    state.endCanary(report({ class: 'p3' }), now);
    assert.deepEqual([granted(), decided()], [[], ['begin g4 1']], 'a request waits for its class for some minutes');
    state.endCanary(report(), now);
    const fresh = campaignOf([1]);
    open(fresh, { a: 0 });
    fresh.request(request('a', 1, 'evaluation', [option('g4', 100), option('p3', 200)]));
    given(fresh, { deadlineAtRisk: true });
    assert.deepEqual(
      decideCanaries(fresh, worst, now).map((one) => one.class),
      ['g4', 'p3'],
    );
  });

  it('do not begin while the campaign is paused, past its deadline, closing, or the class has no slots', () => {
    for (const change of [{ paused: true }, { closing: 'cancelled' as const }, { slots: { g4: 0, p3: 0 } }]) {
      const one = campaignOf([1]);
      open(one, { a: 0 });
      one.request(request('a', 1, 'evaluation', [option('g4', 100)]));
      given(one, change);
      assert.deepEqual(decideCanaries(one, worst, now), [], JSON.stringify(change));
    }
    assert.deepEqual(decided(Date.parse(state.deadline)), []);
  });

  it('end once when the campaign closes or nothing is left', () => {
    assert.deepEqual(decided(), ['begin g4 1']);
    state.set({ closing: 'cancelled' });
    assert.deepEqual([decided(), decided()], [['end g4 1'], []]);
    state.canaries.noteRestart('g4');
    assert.deepEqual(decided(), ['end g4 1'], 'its workflow began again');
    const end = state.endCanary(report({ verdict: { kind: 'no-outcome', reason: 'cancelled', cause: '' } }), now);
    assert.deepEqual([end, decided()], [{ kind: 'again', short: false }, []]);
  });

  it('block their class if a control does not hold; after resume the next one decides', () => {
    decided();
    const verdict = { kind: 'broken', words: 'network does not hold' } as const;
    assert.deepEqual(state.endCanary(report({ verdict }), now), { kind: 'blocked', cause: verdict.words });
    assert.deepEqual(state.faults.blockOf('g4'), { cause: verdict.words, since: now, byCanary: true });
    assert.deepEqual([granted(), decided()], [[], ['begin p3 1']], 'the request goes to the next class');
    state.endCanary(report({ class: 'p3', verdict }), now);
    assert.deepEqual([granted(), decided()], [[], []]);
    for (const team of [1, 2])
      state.finish({ submission: 'abc'[team] ?? '', sequence: 1, state: 'finished', costMicroUsd: 0 });
    assert.equal(blockedReasonOf(state, now), 'platform');
    state.faults.resume('g4', now);
    assert.deepEqual([granted(), decided()], [[], ['begin g4 2']]);
    state.endCanary(report({ n: 2 }), now);
    assert.deepEqual(
      [granted(), state.faults.blockOf('g4'), state.faults.faultOf('g4')],
      [['a on g4'], undefined, undefined],
    );
  });

  it('block their class after three without an outcome; one after resume blocks it again, an outcome forgets them', () => {
    const ends = [1, 2, 3].map((n) => {
      decided();
      return state.endCanary(report({ n, verdict: fault }), now)?.kind;
    });
    assert.deepEqual(ends, ['again', 'again', 'blocked']);
    state.faults.resume('g4', now);
    decided();
    assert.equal(state.endCanary(report({ n: 4, verdict: fault }), now)?.kind, 'blocked');
    state.faults.resume('g4', now);
    decided();
    assert.equal(state.endCanary(report({ n: 5 }), now)?.kind, 'opened');
    assert.equal(state.canaries.byClass['g4']?.faults, undefined);
  });

  it('that had no machine or lost it to Spot are no fault', () => {
    for (const [n, reason] of (['unplaceable', 'spot-reclaimed', 'unplaceable', 'spot-reclaimed'] as const).entries()) {
      decided();
      const end = state.endCanary(report({ n: n + 1, verdict: { kind: 'no-outcome', reason, cause: '' } }), now);
      assert.deepEqual(end, { kind: 'again', short: true });
    }
    assert.deepEqual(decided(), ['begin g4 5']);
  });

  it('survive a continue-as-new, also of a state from before canaries', () => {
    decided();
    state.canaries.reportStuck('g4', 1, { what: 'placement', cause: 'CAPACITY', tries: 0, since: now });
    state.endCanary(report({ class: 'p3' }), now);
    const { instanceClasses: classes, limits } = caseCampaign();
    const rules = { classes, limits };
    const encoded = JSON.parse(JSON.stringify(encodeState(state, rules))) as EncodedState & { money: object };
    const again = decodeState(encoded, state, rules);
    assert.deepEqual([again.canaries, again.money.canaries], [state.canaries, 3]);
    const { canaries: _, ...older } = encoded;
    const { canaries: __, ...money } = older.money as { canaries: number };
    const old = decodeState({ ...older, money }, state, rules);
    assert.deepEqual([Object.keys(old.canaries.byClass), old.money.canaries], [[], 0]);
  });

  it('are restored from their records: an open class stays open, one under way is known, the others need another', () => {
    const broken = { kind: 'broken', words: '' } as const;
    const ended = [report({ n: 2 }), report({ n: 1, verdict: broken }), report({ class: 'p3', verdict: broken })];
    const running = [{ class: 'p3', n: 2, since: now, reserved: 60 }];
    const restored = restoredCanaries(ended, running);
    assert.deepEqual(restored.byClass['g4'], { n: 2, open: true });
    assert.deepEqual([restored.running, restored.reserved], [['p3'], 60]);
    assert.equal(restoredCanaries(ended, []).begin('p3', 1, now), 2);
    assert.deepEqual(
      restoredCanaries(ended, [{ class: 'g4', n: 2, since: now, reserved: 1 }]).running,
      [],
      'it has ended',
    );
  });
});
