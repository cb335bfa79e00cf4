import assert from 'node:assert/strict';
import type { RunSettlement } from '../../../src/campaign/model/messages.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { decodeState, encodeState } from '../../../src/campaign/state/state-encoding.ts';
import { caseCampaign } from '../samples.ts';
import { campaignOf, given, now, open, option, request, settlement } from '../state/state-samples.ts';

const halfAnHour = 30 * 60_000;

describe('a class on which no run has worked yet', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf(names.map(() => 1));
    given(state, { slots: { g4: 8, p3: 0 } });
    open(state, Object.fromEntries(names.map((name, team) => [name, team])));
    for (const name of names) state.request(request(name, 1, 'evaluation', [option('g4', 1)]));
  });
  const granted = (at = now, unproven = 3): string[] =>
    decide(state, { ...limitsOf(state, 10), unproven }, at).flatMap((decision) =>
      decision.kind === 'grant' ? [decision.submission] : [],
    );
  const end = (submission: string, change: Partial<RunSettlement> = {}): void =>
    state.settle(settlement(1, 1, { submission, ...change }));
  const fault = { reason: 'platform-error', cause: 'no runner' } as const;

  it('gets three runs at a time; one that ended by a platform fault keeps its place until one works', () => {
    assert.equal(granted().length, 3);
    end('a', fault);
    assert.deepEqual(granted(), []);
    end('b', fault);
    assert.deepEqual(granted(), []);
    end('c');
    assert.equal(granted().length, 5, 'all slots');
  });

  it('is blocked after three runs that end alike, and has had no other run', () => {
    for (const name of granted()) end(name, fault);
    assert.deepEqual(granted(), []);
    assert.ok(state.faults.isBlocked('g4'));
  });

  it('always gets one run, also when one submission alone met the fault three times', () => {
    for (const n of [1, 2, 3]) {
      state.request(request('a', n, 'evaluation', [option('g4', 1)]));
      state.settle(settlement(n, 1, { submission: 'a', ...fault }));
    }
    assert.equal(granted().length, 1);
  });

  it('gets more runs half an hour later, when a wrong set-up would have shown', () => {
    assert.equal(granted().length, 3);
    assert.equal(granted(now + halfAnHour - 1).length, 0);
    assert.equal(granted(now + halfAnHour).length, 3);
  });

  it('is not limited by campaigns from before this rule, and stays proven across a continue-as-new', () => {
    assert.equal(granted(now, Infinity).length, 8);
    end('a');
    const rules = { classes: caseCampaign({}).instanceClasses, limits: caseCampaign({}).limits };
    const encoded = JSON.parse(JSON.stringify(encodeState(state, rules))) as { faults: { proven?: object } };
    const work = { rounds: names.map(() => 1) };
    assert.deepEqual(decodeState(encoded as never, work, rules).faults.proven, state.faults.proven);
    delete encoded.faults.proven;
    assert.equal(decodeState(encoded as never, work, rules).faults.faultsOfUnproven('g4'), 0);
  });
});
