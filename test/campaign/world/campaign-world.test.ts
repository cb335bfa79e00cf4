import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CampaignWorld, runThrough } from './campaign-world.ts';
import { events, type WorldEvent } from './events.ts';
import { setUps } from './set-up.ts';

describe('a campaign with random events', () => {
  it('keeps budget, slots and shares, books every run once, never gets stuck and loses no round', () => {
    fc.assert(
      fc.property(setUps, events, (setUp, events) => void runThrough(new CampaignWorld(setUp, false), events)),
      { numRuns: 200 },
    );
  });

  it('ends with all slots and money freed when it is closed early', () => {
    fc.assert(
      fc.property(setUps, events, fc.nat(150), (setUp, events, at) => {
        const closing: WorldEvent = { kind: 'close', pick: 0, amount: 0 };
        runThrough(new CampaignWorld(setUp, false), [...events.slice(0, at), closing, ...events.slice(at)]);
      }),
      { numRuns: 100 },
    );
  });

  it('decides the same when its state is encoded and decoded before every step', () => {
    fc.assert(
      fc.property(setUps, events, (setUp, events) => {
        const log = runThrough(new CampaignWorld(setUp, false), events);
        assert.deepEqual(runThrough(new CampaignWorld(setUp, false), events), log);
        assert.deepEqual(runThrough(new CampaignWorld(setUp, true), events), log);
      }),
      { numRuns: 50 },
    );
  });
});
