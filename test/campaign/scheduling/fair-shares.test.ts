import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { Purpose } from '../../../src/campaign/model/frozen-campaign.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import {
  campaignOf,
  given,
  grantsNow,
  now,
  open,
  option,
  report,
  request,
  settlement,
  treat,
} from '../state/state-samples.ts';

/** A class on which runs of all teams start and end; every submission has a given number of evaluations after its probe. */
class BusyClass {
  readonly state: CampaignState;
  private next = 0;

  constructor(weights: readonly number[], slots: number) {
    this.state = campaignOf(
      weights.map(() => 0),
      { budget: { microUsd: 1e12, rerunReserveShare: 0 } },
    );
    given(this.state, { slots: { g4: slots } });
    for (const [team, weight] of weights.entries()) treat(this.state, team, { weight });
  }

  ask(team: number, purpose: Purpose): string {
    this.next += 1;
    const submission = `${this.next}`;
    open(this.state, { [submission]: team });
    this.state.request(request(submission, 1, purpose, [option('g4', 1)]));
    return submission;
  }

  /** Ends a run; after a probe the submission requests an evaluation, after its last evaluation it is done. */
  end(pick: number): void {
    const running = [...this.state.open].filter(([, { grant }]) => grant);
    for (const [submission, { grant }] of running.splice(pick % (running.length || 1), 1)) {
      const settles = settlement(1, 0, { submission, purpose: grant?.purpose ?? 'evaluation' });
      if (grant?.purpose === 'probe') this.state.request({ ...request(submission, 2), settles });
      else {
        this.state.settle({ ...settles, n: grant?.n ?? 1 });
        this.state.finish(report(0, { submission }));
      }
    }
  }

  waiting(): number {
    return [...this.state.open.values()].filter((one) => one.request).length;
  }
}

const weight = fc.double({ min: 0.001, max: 1_000, noNaN: true });
const steps = fc.array(fc.record({ team: fc.nat(4), probe: fc.boolean(), pick: fc.nat(50) }), {
  minLength: 100,
  maxLength: 200,
  size: 'max',
});

describe('a request while its class frees slots', () => {
  it('from a team that holds nothing waits only for the requests before it, however many follow', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        steps,
        (weights, slots, steps) => {
          const busy = new BusyClass(weights, slots);
          for (const { team, probe } of steps.slice(0, 20)) busy.ask(team, probe ? 'probe' : 'evaluation');
          grantsNow(busy.state);
          const before = busy.waiting();
          const watched = busy.ask(5, 'evaluation');
          let granted = 0;
          for (const { team, pick } of steps) {
            busy.end(pick);
            // Two more requests for every freed slot, so the other teams always have work waiting.
            busy.ask(team, 'evaluation');
            busy.ask((team + 1) % 5, 'evaluation');
            granted += grantsNow(busy.state).length;
            if (busy.state.open.get(watched)?.grant) break;
          }
          assert.ok(busy.state.open.get(watched)?.grant, 'it got its slot');
          assert.ok(granted <= before + 1, `${granted} grants, ${before} waited before it`);
        },
      ),
    );
  });

  it('gets its turn among probes too, which come first only while few evaluations wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (slots, steps) => {
        const busy = new BusyClass([1, 1, 1, 1, 1, 1], slots);
        busy.ask(0, 'probe');
        const watched = busy.ask(5, 'evaluation');
        let granted = 0;
        for (const { team, pick } of steps) {
          for (const other of [team, (team + 1) % 5]) busy.ask(other, 'probe');
          granted += grantsNow(busy.state).length;
          if (busy.state.open.get(watched)?.grant) break;
          busy.end(pick);
        }
        assert.ok(busy.state.open.get(watched)?.grant, 'it got its slot');
        assert.ok(granted <= 3 * slots + 3, `${granted} grants on ${slots} slots`);
      }),
    );
  });

  it('from a team that holds runs waits at most until these have ended', () => {
    const busy = new BusyClass([1, 1], 2);
    busy.ask(0, 'evaluation');
    busy.ask(1, 'evaluation');
    grantsNow(busy.state);
    const watched = busy.ask(0, 'evaluation');
    for (let n = 0; n < 5; n += 1) {
      busy.ask(1, 'evaluation');
      busy.end(1);
      grantsNow(busy.state);
    }
    assert.ok(busy.state.open.get(watched)?.request, 'the other team held nothing each time');
    busy.end(0);
    grantsNow(busy.state);
    assert.ok(busy.state.open.get(watched)?.grant);
  });
});

describe('slots while every team has work waiting', () => {
  it('are shared by weight: no team exceeds its share, rounded up, by more than one', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        steps,
        (weights, slots, steps) => {
          const busy = new BusyClass(weights, slots);
          const total = weights.reduce((sum, one) => sum + one, 0);
          for (const team of weights.keys()) for (let n = 0; n < slots + 5; n += 1) busy.ask(team, 'evaluation');
          grantsNow(busy.state);
          for (const { pick } of steps) {
            const held = weights.map(() => 0);
            for (const { team, grant } of busy.state.open.values()) if (grant) held[team] = (held[team] ?? 0) + 1;
            for (const [team, one] of weights.entries()) {
              const most = Math.ceil((one / total) * slots) + 1;
              assert.ok((held[team] ?? 0) <= most, `${held[team]} held, at most ${most}`);
            }
            busy.end(pick);
            for (const team of weights.keys()) busy.ask(team, 'evaluation');
            grantsNow(busy.state);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('rotate: 40 teams with 25 submissions and one with 500 start alike, and no team runs twice before all ran once', () => {
    const counts = [500, ...Array.from({ length: 40 }, () => 25)];
    const state = campaignOf(counts, { budget: { microUsd: 1e12, rerunReserveShare: 0 } });
    given(state, { slots: { g4: 20 } });
    const runs = counts.map(() => 0);
    const limits = { preparing: 20, open: 1_500, perTeam: 2 };
    for (let round = 0; Math.min(...runs) < 20; round += 1) {
      assert.ok(round < 1_000);
      for (const decision of decide(state, limits, now)) {
        if (decision.kind === 'start') {
          const submission = `${decision.team}-${decision.index}`;
          state.start(submission, decision.team, 1);
          state.request(request(submission, 1, 'evaluation', [option('g4', 1)]));
        } else if (decision.kind === 'grant') {
          const team = Number(decision.submission.split('-')[0]);
          runs[team] = (runs[team] ?? 0) + 1;
          if (runs[team] === 2) assert.ok(Math.min(...runs) >= 1, 'all ran once');
        }
      }
      for (const [submission, { grant }] of state.open) if (grant) state.finish(report(0, { submission }));
    }
    const jain =
      runs.reduce((sum, count) => sum + count, 0) ** 2 /
      (runs.length * runs.reduce((sum, count) => sum + count ** 2, 0));
    assert.ok(jain >= 0.98, `Jain index ${jain}`);
  });
});
