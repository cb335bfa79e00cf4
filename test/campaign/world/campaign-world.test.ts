import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CampaignWorld, runThrough } from './campaign-world.ts';
import { happenings, type Happening } from './events.ts';
import { setUps } from './set-up.ts';

describe('a campaign with random events', () => {
  it('keeps budget, slots and shares, books every run once, never gets stuck and loses no round', () => {
    fc.assert(
      fc.property(
        setUps,
        happenings,
        (setUp, happenings) => void runThrough(new CampaignWorld(setUp, false), happenings),
      ),
      { numRuns: 200 },
    );
  });

  it('ends with all slots and money freed when it is closed early', () => {
    fc.assert(
      fc.property(setUps, happenings, fc.nat(150), (setUp, happenings, at) => {
        const closing: Happening = { kind: 'close', pick: 0, amount: 0 };
        runThrough(new CampaignWorld(setUp, false), [...happenings.slice(0, at), closing, ...happenings.slice(at)]);
      }),
      { numRuns: 100 },
    );
  });

  it('decides the same when its state is encoded and decoded before every step', () => {
    fc.assert(
      fc.property(setUps, happenings, (setUp, happenings) => {
        const log = runThrough(new CampaignWorld(setUp, false), happenings);
        assert.deepEqual(runThrough(new CampaignWorld(setUp, false), happenings), log);
        assert.deepEqual(runThrough(new CampaignWorld(setUp, true), happenings), log);
      }),
      { numRuns: 50 },
    );
  });
});
