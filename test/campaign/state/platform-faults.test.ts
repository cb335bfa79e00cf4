import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { encodeState, decodeState } from '../../../src/campaign/state/state-encoding.ts';
import { blockedReasonOf, blockersOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import { applyCommand, validationError } from '../../../src/campaign/operators/apply-command.ts';
import { progressOf } from '../../../src/campaign/operators/progress.ts';
import type { RunSettlement } from '../../../src/campaign/model/messages.ts';
import { PlatformFaults } from '../../../src/campaign/state/platform-faults.ts';
import { takeGivenUp } from '../../../src/campaign/state/give-up-rule.ts';
import { classes, limits } from '../samples.ts';
import {
  campaignOf,
  changed,
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
} from './state-samples.ts';

const broken = { reason: 'platform-error', cause: 'the engine refuses' } as const;

describe('a class whose last runs ended with the same platform fault', () => {
  let state: CampaignState;
  let runs: Record<string, number>;
  beforeEach(() => {
    state = campaignOf([9, 9, 9]);
    runs = {};
    open(state, { a: 0, b: 1, c: 2 });
    for (const submission of ['a', 'b', 'c']) ask(submission);
  });

  const ask = (submission: string, options = [option('g4', 10)], usedUp = false): void => {
    const n = (runs[submission] ?? 0) + 1;
    runs[submission] = n;
    state.request({ ...request(submission, n, 'evaluation', options), ...(usedUp && { usedUp }) });
  };
  /** Ends the granted run; its submission requests the next one. */
  const end = (submission: string, change: Partial<RunSettlement>, options = [option('g4', 10)]): void => {
    state.settle(settlement(runs[submission] ?? 0, 1, { submission, ...change }));
    ask(submission, options);
  };
  const granted = (at = now): string[] => grantsNow(state, at).map(([submission]) => submission);
  const breakDown = (): void => {
    for (const submission of ['a', 'b', 'c', 'a']) {
      granted();
      end(submission, broken);
    }
  };

  it('gets no more runs: slots and money are free, requests wait', () => {
    assert.deepEqual(granted(), ['a', 'b']);
    end('a', broken);
    end('b', broken);
    assert.deepEqual(granted(), ['c', 'a'], 'two faults may be chance');
    end('c', broken);
    assert.deepEqual(granted(), []);
    end('a', broken);
    assert.deepEqual(holdings(state), { slots: {}, reserved: 0 });
    assert.deepEqual([...state.open.keys()], ['a', 'b', 'c']);
    assert.deepEqual(progressOf('case', state, null, now).classes['g4']?.held, { cause: broken.cause, since: now });
  });

  it('blocks the campaign if no other class is suitable; otherwise runs go there', () => {
    given(state, { rounds: [1, 1, 1] });
    breakDown();
    assert.deepEqual(granted(), []);
    assert.equal(blockedReasonOf(state, now), 'platform');
    assert.deepEqual(blockersOf(state, now), [{ hold: 'platform', class: 'g4', cause: broken.cause, since: now }]);
    state.settle(settlement(runs['c'] ?? 0, 0, { submission: 'c', reason: 'cancelled' }));
    ask('c', [option('g4', 10), option('p3', 20)]);
    assert.deepEqual(grantsNow(state), [['c', 'p3']]);
    assert.equal(blockedReasonOf(state, now), undefined);
  });

  it('is not blocked if another result comes in between, faults differ, or the class is not at fault', () => {
    for (const [why, ends] of Object.entries({
      'one ended well': [broken, {}, broken, broken],
      'one ended by the team’s fault': [broken, broken, { reason: 'submission-error' }, broken],
      'the faults differ': [broken, { ...broken, cause: 'other' }, broken, broken],
      'lost machines': Array.from({ length: 6 }, () => ({ reason: 'spot-reclaimed', cause: 'Host EC2' }) as const),
      'no machine': Array.from({ length: 6 }, () => ({ reason: 'unplaceable', cause: 'CAPACITY' }) as const),
      'the cause is unknown': Array.from({ length: 6 }, () => ({ reason: 'platform-error' }) as const),
    } satisfies Record<string, Partial<RunSettlement>[]>)) {
      given(state, { faults: new PlatformFaults() });
      for (const [index, change] of ends.entries()) {
        granted();
        end(['a', 'b', 'c'][index % 3] ?? '', change);
      }
      decideNow(state);
      assert.equal(state.faults.byClass['g4']?.heldSince, undefined, why);
    }
  });

  it('ignores lost machines and cancelled runs, which say nothing about the class', () => {
    const ends: Partial<RunSettlement>[] = [
      broken,
      { reason: 'spot-reclaimed' },
      broken,
      { reason: 'cancelled' },
      broken,
    ];
    for (const [index, change] of ends.entries()) {
      granted();
      end(['a', 'b', 'c'][index % 3] ?? '', change);
    }
    assert.deepEqual(granted(), []);
  });

  it('counts a machine that goes down with all its runs once, and successive kills each', () => {
    const killed = { reason: 'platform-error', cause: 'the job FAILED without an outcome, exit status 137' } as const;
    given(state, { slots: { g4: 3 } });
    assert.deepEqual(granted(now), ['a', 'b', 'c']);
    for (const submission of ['a', 'b', 'c']) end(submission, killed);
    assert.deepEqual([state.faults.byClass['g4']?.count, state.faults.all?.count], [1, 1]);
    assert.deepEqual(granted(now + 1), ['a', 'b', 'c']);
    end('a', killed);
    end('b', killed);
    assert.equal(state.faults.byClass['g4']?.count, 2);
    assert.deepEqual(granted(now + 2), ['a', 'b']);
    end('b', killed);
    decideNow(state);
    assert.notEqual(state.faults.byClass['g4']?.heldSince, undefined);
  });

  it('is not blocked by the fault of one submission while others may meet it', () => {
    for (let run = 0; run < 5; run += 1) {
      granted();
      end('a', broken);
    }
    assert.equal(state.faults.byClass['g4']?.heldSince, undefined);
    end('b', broken);
    decideNow(state);
    assert.notEqual(state.faults.byClass['g4']?.heldSince, undefined);
  });

  it('is blocked by the fault of the only submission', () => {
    given(state, { rounds: [1, 1, 1] });
    for (const submission of ['b', 'c']) state.finish(report(0, { submission }));
    for (let run = 0; run < 3; run += 1) {
      assert.deepEqual(granted(), ['a']);
      end('a', broken);
    }
    assert.deepEqual(granted(), []);
    assert.equal(blockedReasonOf(state, now), 'platform');
  });

  it('blocks every class if the fault occurs on more than one', () => {
    given(state, { rounds: [1, 1, 1] });
    const both = [option('g4', 10), option('p3', 20)];
    granted();
    end('a', broken, [option('p3', 20)]);
    assert.deepEqual(grantsNow(state), [
      ['c', 'g4'],
      ['a', 'p3'],
    ]);
    end('a', { ...broken, class: 'p3' }, both);
    end('b', broken, both);
    assert.deepEqual(granted(), []);
    for (const [submission, { grant }] of state.open) if (grant) state.finish(report(0, { submission }));
    assert.deepEqual(
      blockersOf(state, now).map((held) => ('class' in held ? held.class : held.hold)),
      ['g4', 'p3'],
    );
  });

  it('gets one run at a time when it is resumed, and is blocked again at once by the same fault', () => {
    breakDown();
    decideNow(state);
    applyCommand({ name: 'resumeCampaign', message: {} }, state, -1, now + 1);
    assert.equal(granted(now + 2).length, 1);
    assert.deepEqual(granted(now + 3), []);
    const trial = [...state.open].find(([, { grant }]) => grant)?.[0] ?? '';
    end(trial, broken);
    assert.deepEqual(granted(now + 4), []);
    assert.equal(state.faults.byClass['g4']?.heldSince, now + 4);
  });

  it('is open again when the trial run succeeds', () => {
    breakDown();
    decideNow(state);
    applyCommand({ name: 'resumeCampaign', message: { class: 'g4' } }, state, -1, now + 1);
    assert.deepEqual(granted(now + 2), ['b']);
    end('b', {});
    assert.deepEqual(granted(now + 3), ['c', 'a']);
  });

  it('gets the next trial run if the first was cancelled; runs granted before it was resumed do not count', () => {
    granted();
    end('b', broken);
    granted();
    end('b', broken);
    end('c', broken);
    decideNow(state);
    applyCommand({ name: 'resumeCampaign', message: {} }, state, -1, now + 1);
    const [first = ''] = granted(now + 2);
    end('a', broken);
    assert.notEqual(first, 'a');
    assert.equal(state.faults.byClass['g4']?.count, 2, 'it was granted long ago');
    end(first, { reason: 'cancelled' });
    assert.equal(granted(now + 3).length, 1);
  });

  it('stays blocked when another class, an unknown one or a team is resumed', () => {
    breakDown();
    decideNow(state);
    applyCommand({ name: 'resumeCampaign', message: { class: 'p3' } }, state, -1, now);
    treat(state, 0, { paused: true });
    applyCommand({ name: 'resumeTeam', message: { team: 'team-0' } }, state, 0, now);
    assert.deepEqual(granted(), []);
    assert.equal(
      validationError({ name: 'resumeCampaign', message: { class: 'g5' } }, state),
      'there is no instance class g5',
    );
  });

  it('is still blocked after continue-as-new', () => {
    breakDown();
    decideNow(state);
    state.reportStuck({
      submission: 'a',
      sequence: 1,
      stuck: { what: 'scoreOutput', cause: 'x', tries: 5, since: now },
    });
    const rules = { classes, limits };
    const again = decodeState(JSON.parse(JSON.stringify(encodeState(state, rules))), { rounds: state.rounds }, rules);
    assert.deepEqual(again.faults, state.faults);
    assert.deepEqual(again.open.get('a')?.stuck, state.open.get('a')?.stuck);
    assert.equal(again.faults.byClass['constructor'], undefined);
  });

  describe('and submissions that have used up their attempts', () => {
    const decided = (at = now): [string, string][] =>
      decideNow(state, at).flatMap((decision) =>
        decision.kind === 'start' ? [] : [[decision.submission, decision.kind] as [string, string]],
      );
    const endLast = (submission: string, change: Partial<RunSettlement>): void => {
      const n = runs[submission] ?? 0;
      runs[submission] = n + 1;
      const settles = settlement(n, 1, { submission, ...change });
      state.request({
        ...request(submission, n + 1, 'evaluation', [option('g4', 10)]),
        usedUp: true,
        settles,
      });
    };
    beforeEach(() => void given(state, { rounds: [1, 1, 1] }));

    it('wait while others may meet their fault, and run again if they do', () => {
      decided();
      endLast('a', broken);
      assert.deepEqual(decided(), [['c', 'grant']], 'a waits');
      endLast('b', broken);
      endLast('c', broken);
      assert.deepEqual(decided(), []);
      assert.equal(blockedReasonOf(state, now), 'platform');
      applyCommand({ name: 'resumeCampaign', message: {} }, state, -1, now + 1);
      const [[first] = ['']] = decided(now + 2);
      state.settle(settlement(runs[first] ?? 0, 1, { submission: first }));
      assert.deepEqual(
        decided().map(([, kind]) => kind),
        ['grant', 'grant'],
      );
    });

    it('wait also if their run ended while the class was already blocked', () => {
      decided();
      for (const submission of ['b', 'c', 'b']) {
        end(submission, broken);
        decided();
      }
      endLast('a', broken);
      assert.deepEqual(decided(), []);
      assert.equal(state.open.get('a')?.request?.usedUp, undefined);
    });

    it('end when another run ends differently, and when no other submission is left to meet the fault', () => {
      decided();
      endLast('a', broken);
      decided();
      state.settle(settlement(1, 1, { submission: 'b' }));
      assert.deepEqual(decided(), [['a', 'refuse']]);
      state.finish(report(0, { submission: 'a' }));
      state.finish(report(0, { submission: 'b' }));
      endLast('c', broken);
      assert.deepEqual(decided(), [['c', 'refuse']]);
    });

    it('end with their own reason when the campaign closes', () => {
      decided();
      endLast('a', broken);
      state.set({ closing: 'cancelled' });
      assert.deepEqual(
        decideNow(state).map((decision) => decision.kind === 'refuse' && decision.reason),
        ['platform-error', 'cancelled'],
      );
    });
  });
});

describe('submissions whose images cannot be copied', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([9, 9, 9, 9]);
    decideNow(state);
    given(state, { open: new Map() });
    open(state, { a: 0, b: 1, c: 2 });
  });
  const stick = (submission: string, tries = 5, cause = 'no space left on device'): void =>
    state.reportStuck({ submission, sequence: 1, stuck: { what: 'pullImage', cause, tries, since: now } });
  const starts = (): number => decideNow(state).filter(({ kind }) => kind === 'start').length;

  it('give back their preparing places and are listed with cause, attempts and time', () => {
    assert.equal(starts(), 0);
    stick('a', 10);
    assert.equal(starts(), 1);
    const { stuck, counts } = progressOf('case', state, null, now);
    assert.deepEqual(stuck, [
      { submission: 'a', what: 'pullImage', cause: 'no space left on device', tries: 10, since: now },
    ]);
    assert.equal(counts.waiting, 1);
  });

  it('block the campaign when the same fault hits three, until one is copied', () => {
    for (const submission of ['a', 'b', 'c']) stick(submission);
    assert.equal(starts(), 0);
    assert.equal(blockedReasonOf(state, now), 'platform');
    assert.deepEqual(blockersOf(state, now), [{ hold: 'platform', cause: 'no space left on device', since: now }]);
    state.request(request('b', 1, 'probe'));
    assert.equal(state.faults.images, null);
    assert.ok(starts() > 0);
  });

  it('do not block it if the faults differ, one is copied in between, or one reports it three times', () => {
    stick('a');
    stick('a', 10);
    stick('a', 15);
    state.request(request('b', 1, 'probe'));
    stick('c', 5, 'unauthorized');
    decideNow(state);
    assert.equal(state.faults.images?.heldSince, undefined);
  });

  it('block it when nothing else is left', () => {
    given(state, { rounds: [1, 0, 0, 0] });
    given(state, { started: [1, 0, 0, 0] });
    for (const submission of ['b', 'c']) state.finish(report(0, { submission }));
    stick('a');
    decideNow(state);
    assert.equal(blockedReasonOf(state, now), 'platform');
  });

  it('are given up after a day of attempts, but not while they block the campaign', () => {
    const givenUp = (at = now): string[] => takeGivenUp(state, at).map(([submission]) => submission);
    stick('a', 45);
    assert.deepEqual(givenUp(), []);
    stick('a', 50);
    assert.deepEqual(givenUp(), ['a']);
    assert.equal(state.open.get('a')?.stuck, undefined);
    for (const submission of ['a', 'b', 'c']) stick(submission);
    decideNow(state);
    stick('a', 55);
    assert.deepEqual(givenUp(), []);
    state.set({ closing: 'cancelled' });
    state.reportStuck({
      submission: 'b',
      sequence: 1,
      stuck: { what: 'recordResult', cause: '', tries: 5, since: now },
    });
    state.reportStuck({
      submission: 'c',
      sequence: 1,
      stuck: { what: 'awaitBatchJob', cause: '', tries: 9, since: now },
    });
    assert.deepEqual(
      givenUp(),
      ['a'],
      'it is no longer waiting: its record must be written, and its job may still run',
    );
    assert.deepEqual(givenUp(now + 3_600_000), ['c']);
  });

  it('are at most fifty, whatever is stuck', () => {
    state = campaignOf([90]);
    for (let n = 0; n < 60; n += 1) {
      open(state, { [`s${n}`]: 0 });
      stick(`s${n}`, 5, `cause ${n}`);
    }
    assert.equal(progressOf('case', state, null, now).stuck.length, 50);
  });
});

describe('the reasons why a campaign is blocked', () => {
  it('are all named: removing only one would not help', () => {
    const state = campaignOf([1, 1]);
    open(state, { a: 0, b: 1 });
    for (const submission of ['a', 'b']) state.request(request(submission, 1));
    treat(state, 0, { paused: true });
    state.set({ paused: true });
    state.setBudget(1);
    const late = Date.parse(state.deadline);
    assert.deepEqual(blockersOf(state, late), [
      { hold: 'paused' },
      { hold: 'paused', teams: ['team-0'] },
      { hold: 'deadline' },
      { hold: 'budget' },
    ]);
    assert.equal(blockedReasonOf(state, late), 'paused');
    assert.deepEqual(blockersOf(changed(state, { closing: 'cancelled' }), late), []);
  });
});
