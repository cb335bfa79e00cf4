import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { treatmentOf } from '../../../src/campaign/state/team-settings.ts';
import type { OperatorCommandName, OperatorCommand } from '../../../src/campaign/operators/operator-commands.ts';
import { applyCommand, asRecorded, validationError } from '../../../src/campaign/operators/apply-command.ts';
import { bookedState, campaignOf, decideNow, now, open, request } from '../state/state-samples.ts';

/** Signals from the Web UI may be any JSON. */
const act = (name: OperatorCommandName, message: unknown = {}): OperatorCommand =>
  ({ name, message }) as OperatorCommand;
const faultIn = (state: CampaignState, name: OperatorCommandName, message?: unknown): string | undefined =>
  validationError(act(name, message), state);
const applied = (state: CampaignState, name: OperatorCommandName, message?: unknown, team = -1): void => {
  assert.equal(faultIn(state, name, message), undefined);
  applyCommand(act(name, message), state, team, now);
};

const good: Record<OperatorCommandName, object> = {
  pauseTeam: { team: 'a', kill: true },
  resumeTeam: { team: 'a' },
  reprioritiseTeam: { team: 'a', priority: 1, weight: 2.5 },
  pauseCampaign: { by: 'ann', reason: 'lunch', kill: false },
  resumeCampaign: {},
  raiseBudget: { usd: 0.002 },
  setDeadline: { deadline: '2027-01-01T00:00:00Z' },
  setSlots: { class: 'g4', slots: 0 },
  addSubmissions: { rounds: 'key', count: 1 },
  retry: { rounds: 'key', count: 2 },
  rescore: { rounds: 'key', count: 3 },
  cancel: { submissions: ['s'] },
  close: {},
  abort: {},
};
const actNames = Object.keys(good) as OperatorCommandName[];

describe('an operator’s command', () => {
  it('is accepted if its message is valid', () => {
    for (const [name, message] of Object.entries(good))
      assert.equal(faultIn(bookedState(), name as OperatorCommandName, message), undefined, name);
  });

  it('is refused for an invalid field, by name and value', () => {
    const wrong: [OperatorCommandName, object, RegExp][] = [
      ['pauseTeam', { team: 'a', kill: 'false' }, /^kill "false" is not true or false$/],
      ['pauseTeam', { team: 7 }, /^team 7 is not a string$/],
      ['resumeTeam', { team: ['a'] }, /^team \["a"\] is not a string$/],
      ['resumeTeam', { team: null }, /^team null is not a string$/],
      ['pauseCampaign', { by: 7 }, /^by 7 is not a string$/],
      ['pauseCampaign', { reason: {} }, /^reason {} is not a string$/],
      ['reprioritiseTeam', { team: 'a', priority: 1, weight: 0 }, /^weight 0 is not between 0.001 and 1000$/],
      ['reprioritiseTeam', { team: 'a', priority: 0, weight: 1 }, /^priority 0 is not a whole number from 1 to 5$/],
      ['close', { rest: 'time-limit' }, /^rest "time-limit" is not budget-exhausted or cancelled$/],
      ['raiseBudget', { usd: '9' }, /^usd "9" is not an amount/],
      ['raiseBudget', { usd: [9] }, /^usd \[9\] is not an amount/],
      ['raiseBudget', { usd: true }, /^usd true is not an amount/],
      ['raiseBudget', { usd: -1 }, /^usd -1 is not an amount/],
      ['raiseBudget', { usd: 1e300 }, /is not an amount/],
      ['raiseBudget', { usd: 1.000_000_1 }, /is not an amount/],
      ['setDeadline', { deadline: 'tomorrow' }, /^deadline "tomorrow" is not an instant$/],
      ['setDeadline', { deadline: 1_800_000_000_000 }, /is not an instant/],
      ['setSlots', { class: ['g4'], slots: 1 }, /^class \["g4"\] is not a string$/],
      ['setSlots', { class: 'g4', slots: 1.5 }, /^slots 1.5 is not a whole number of slots$/],
      ['setSlots', { class: 'g4', slots: -1 }, /is not a whole number of slots/],
      ['setSlots', { class: 'g4', slots: '1' }, /is not a whole number of slots/],
      ['retry', { rounds: '', count: 1 }, /^rounds "" is not a string$/],
      ['rescore', { rounds: 'key', count: 0 }, /^count 0 is not a whole number of rounds$/],
      ['cancel', { submissions: 's' }, /^submissions "s" is not a list of submissions$/],
      ['cancel', { submissions: [] }, /is not a list of submissions/],
      ['cancel', { submissions: ['s', 7] }, /is not a list of submissions/],
      ['cancel', { because: 'toString' }, /^because "toString" is not a failure reason/],
    ];
    for (const [name, message, fault] of wrong) assert.match(faultIn(bookedState(), name, message) ?? 'taken', fault);
  });

  it('is refused for a missing field', () => {
    for (const [name, field] of [
      ['pauseTeam', 'team'],
      ['resumeTeam', 'team'],
      ['reprioritiseTeam', 'team'],
      ['raiseBudget', 'usd'],
      ['setDeadline', 'deadline'],
      ['setSlots', 'class'],
      ['addSubmissions', 'rounds'],
      ['retry', 'rounds'],
      ['rescore', 'rounds'],
    ] as [OperatorCommandName, string][]) {
      assert.equal(faultIn(bookedState(), name), `${field} is missing`);
    }
    assert.equal(faultIn(bookedState(), 'setSlots', { class: 'g4' }), 'slots is missing');
    assert.match(faultIn(bookedState(), 'reprioritiseTeam', { team: 'a' }) ?? '', /^neither priority nor weight/);
    assert.match(faultIn(bookedState(), 'cancel', { by: 'ann' }) ?? '', /^neither submissions nor team nor because/);
  });

  it('is refused if the message is not an object', () => {
    for (const name of actNames) {
      for (const message of [null, 7, 'now', true, [], [{ team: 'a' }]]) {
        assert.match(faultIn(bookedState(), name, message) ?? 'taken', /is not an object/);
      }
    }
  });

  it('is accepted or refused, whatever JSON it is, and leaves a valid state', () => {
    const field = fc.constantFrom(...new Set([...Object.values(good).flatMap(Object.keys), 'because']));
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.double(),
      fc.integer({ min: -2, max: 2_000 }),
      fc.constantFrom('a', 'g4', 'p3', 'constructor', '2027-01-01', 'cancelled', true, 0.01),
    );
    const message = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(field, value, { maxKeys: 4 }),
      fc
        .tuple(fc.constantFrom(...Object.values(good)), field, value)
        .map(([some, key, other]) => ({ ...some, [key]: other })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...actNames), message, (name, message) => {
        const state = bookedState();
        const fault = faultIn(state, name, message);
        assert.ok(fault === undefined || fault.length > 0);
        if (fault !== undefined) return;
        applyCommand(act(name, message), state, 0, now);
        const { priority, weight, paused } = treatmentOf(state, 0);
        assert.ok([1, 2, 3, 4, 5].includes(priority) && weight >= 0.001 && weight <= 1_000);
        assert.equal(typeof paused, 'boolean');
        assert.ok(Number.isSafeInteger(state.money.budget) && state.money.budget >= 1_000);
        assert.equal(new Date(state.deadline).toISOString(), state.deadline);
        assert.deepEqual(Object.keys(state.slots), ['g4', 'p3']);
        assert.ok(Object.values(state.slots).every((slots) => Number.isSafeInteger(slots) && slots >= 0));
        for (const { team } of state.treatments.values()) assert.equal(typeof team, 'string');
        decideNow(state);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('commands for teams', () => {
  it('pause and resume one team and leave its priority and weight alone', () => {
    const state = campaignOf([1, 1]);
    applied(state, 'reprioritiseTeam', { team: 'a', priority: 1, weight: 2 }, 1);
    applied(state, 'pauseTeam', { team: 'a' }, 1);
    assert.deepEqual([...state.treatments], [[1, { team: 'a', priority: 1, weight: 2, paused: true }]]);
    applied(state, 'resumeTeam', { team: 'a' }, 1);
    assert.equal(treatmentOf(state, 1).paused, false);
    assert.equal(treatmentOf(state, 0).paused, false);
  });

  it('change priority, weight, or both', () => {
    const state = campaignOf([1]);
    applied(state, 'reprioritiseTeam', { team: 'a', priority: 5 }, 0);
    applied(state, 'reprioritiseTeam', { team: 'a', weight: 0.001 }, 0);
    assert.deepEqual(treatmentOf(state, 0), { team: 'a', priority: 5, weight: 0.001, paused: false });
  });
});

describe('commands for a campaign', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([1]);
  });

  it('pause and resume it', () => {
    applied(state, 'pauseCampaign');
    assert.equal(state.paused, true);
    applied(state, 'resumeCampaign');
    assert.equal(state.paused, false);
  });

  it('raise its budget to a whole number of micro-dollars, never lower it', () => {
    applied(state, 'raiseBudget', { usd: 0.001_1 });
    assert.equal(state.money.budget, 1_100);
    assert.match(
      faultIn(state, 'raiseBudget', { usd: 0.001_1 }) ?? '',
      /^\$0.0011 is not more than the current budget$/,
    );
    Object.assign(state.money, { spent: 1_050 });
    assert.match(
      faultIn(state, 'raiseBudget', { usd: 0.001 }) ?? '',
      /^\$0.001 is less than the amount already spent$/,
    );
  });

  it('set its deadline, in whatever zone it was written', () => {
    applied(state, 'setDeadline', { deadline: '2027-01-01T02:00:00+02:00' });
    assert.equal(state.deadline, '2027-01-01T00:00:00.000Z');
  });

  it('set the slots of the classes it has', () => {
    applied(state, 'setSlots', { class: 'p3', slots: 7 });
    assert.deepEqual({ ...state.slots }, { g4: 2, p3: 7 });
    for (const name of ['g5', 'constructor']) {
      assert.equal(faultIn(state, 'setSlots', { class: name, slots: 1 }), `there is no instance class ${name}`);
    }
  });

  it('close it as out of budget if that blocks it, otherwise as cancelled', () => {
    applied(state, 'close');
    assert.equal(state.closing, 'cancelled');
    state = campaignOf([1]);
    open(state, { s: 0 });
    state.request(request('s', 1));
    state.setBudget(99);
    applied(state, 'close');
    assert.equal(state.closing, 'budget-exhausted');
    applied(state, 'abort');
    assert.equal(state.closing, 'cancelled');
  });

  it('close it for the recorded reason when they are repeated on another state', () => {
    state = campaignOf([1]);
    open(state, { s: 0 });
    state.request(request('s', 1));
    state.setBudget(99);
    const kept = asRecorded(act('close'), state, now);
    const lost = campaignOf([1]);
    applyCommand(kept, lost, -1, now);
    assert.equal(lost.closing, 'budget-exhausted');
  });

  it('are refused while it is closing, except those that end its runs', () => {
    open(state, { s: 0 });
    state.set({ closing: 'cancelled' });
    for (const name of actNames) {
      const taken = name === 'cancel' || name === 'abort';
      assert.equal(faultIn(state, name, good[name]), taken ? undefined : 'the campaign is closing', name);
    }
  });

  it('that reopen it are accepted once it was closed and has ended', () => {
    state = campaignOf([1]);
    state.set({ closing: 'cancelled' });
    for (const name of actNames) {
      const refused = [
        'pauseTeam',
        'resumeTeam',
        'reprioritiseTeam',
        'pauseCampaign',
        'resumeCampaign',
        'setSlots',
        'close',
      ];
      assert.equal(
        faultIn(state, name, good[name]),
        refused.includes(name) ? 'the campaign is closing' : undefined,
        name,
      );
    }
  });

  it('cancel a paused team and end its pause, so its rounds are recorded', () => {
    const team = act('pauseTeam', { team: 'a' });
    for (const one of [team, act('cancel', { team: 'a', because: 'time-limit' })]) applyCommand(one, state, 0, now);
    assert.equal(treatmentOf(state, 0).paused, true, 'only some of it was cancelled');
    applyCommand(act('cancel', { team: 'a' }), state, 0, now);
    assert.equal(treatmentOf(state, 0).paused, false);
  });

  it('on rounds and submissions leave the state unchanged: the workflow carries them out', () => {
    const before = structuredClone(state);
    for (const name of ['addSubmissions', 'retry', 'rescore', 'cancel'] as const) applied(state, name, good[name]);
    assert.deepEqual(structuredClone(state), before);
  });
});

describe('commands repeated on a campaign that lost its state', () => {
  it('restore their settings', () => {
    const commands = [
      act('raiseBudget', { usd: 0.002 }),
      act('setSlots', { class: 'g4', slots: 9 }),
      act('pauseTeam', { team: 'a' }),
      act('pauseCampaign'),
      act('setDeadline', { deadline: '2027-01-01' }),
      act('resumeCampaign'),
      act('reprioritiseTeam', { team: 'a', weight: 3 }),
      act('raiseBudget', { usd: 0.003 }),
    ];
    const before = campaignOf([1]);
    for (const one of commands) applyCommand(one, before, 0, now);
    const again = campaignOf([1]);
    for (const one of [...commands, ...commands]) applyCommand(one, again, 0, now);
    assert.deepEqual(again, before);
  });

  it('leave it closed, unless a later command reopened it', () => {
    for (const name of ['raiseBudget', 'setDeadline', 'addSubmissions', 'retry', 'rescore'] as const) {
      const state = campaignOf([1]);
      applyCommand(act('close'), state, -1, now);
      for (const other of ['pauseTeam', 'resumeCampaign', 'setSlots', 'cancel'] as const) {
        applyCommand(act(other, good[other]), state, 0, now);
      }
      assert.equal(state.closing, 'cancelled');
      applyCommand(act(name, good[name]), state, -1, now);
      assert.equal(state.closing, undefined, name);
      applyCommand(act('abort'), state, -1, now);
      assert.equal(state.closing, 'cancelled');
    }
  });
});
