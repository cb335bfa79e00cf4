import assert from 'node:assert/strict';
import { bookedState } from './state-samples.ts';
import { initialState, limitsOf, restoredState } from '../../src/campaign/initial-state.ts';
import { caseCampaign } from './samples.ts';

const inherited = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'];

describe('the state of a campaign', () => {
  it('begins with nothing started, nothing spent and what the campaign file says', () => {
    const frozen = caseCampaign({
      budget: { microUsd: 5_000_000, rerunReserveShare: 0 },
      fairness: { perTeamInFlight: 2, seed: 1, weights: { b: 2 } },
    });
    const state = initialState(frozen, [
      ['a', 1],
      ['b', 3],
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(state)), {
      teams: {
        a: { submissions: 1, next: 0, priority: 3, weight: 1, paused: false },
        b: { submissions: 3, next: 0, priority: 3, weight: 2, paused: false },
      },
      open: {},
      money: { budget: 5_000_000, spent: 0, probes: 0, overhead: 0, byClass: {} },
      slots: { 'g4dn.xlarge': 85, 'c4.4xlarge': 20, 'p3.2xlarge': 20 },
      shortUntil: {},
      deadline: frozen.deadline,
      paused: false,
      counts: { finished: 0, failed: 0, cancelled: 0 },
      reasons: {},
      operatorsLog: [],
      ticket: 0,
    });
  });

  it('prepares as many submissions as there are slots, 200 at most, and has 1,500 open at most', () => {
    const state = initialState(caseCampaign(), []);
    assert.deepEqual(limitsOf(state, 2), { preparing: 125, open: 1_500, perTeam: 2 });
    state.slots['g4dn.xlarge'] = 1_000;
    assert.equal(limitsOf(state, 2).preparing, 200);
  });

  it('knows no team, submission or class by a name that every object inherits', () => {
    for (const state of [bookedState(), restoredState(JSON.parse(JSON.stringify(bookedState())))]) {
      const records = [state.teams, state.open, state.slots, state.shortUntil, state.money.byClass];
      for (const record of records) for (const name of inherited) assert.equal(record[name], undefined, name);
    }
  });

  it('gives a team of such a name the weight of everybody', () => {
    const state = initialState(caseCampaign(), [['constructor', 1]]);
    assert.equal(state.teams['constructor']?.weight, 1);
  });

  it('survives a round trip through JSON, without being changed by what happens to the copy', () => {
    const state = bookedState();
    const text = JSON.stringify(state);
    const restored = restoredState(JSON.parse(text));
    assert.equal(JSON.stringify(restored), text);
    delete restored.open['s'];
    restored.money.byClass['g4'] = 0;
    assert.equal(JSON.stringify(state), text);
  });
});
