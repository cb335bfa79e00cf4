import assert from 'node:assert/strict';
import { CrashingCampaign } from '../support/crash-points/crashing-campaign.ts';
import { lanePairs } from '../support/crash-points/effects.ts';

describe('a campaign whose worker dies at every pair of neighbouring crash points', function () {
  this.timeout(3_600_000);
  const crashing = new CrashingCampaign();
  after(() => crashing.remove());

  const missing = (): string[] => lanePairs.filter((pair) => !crashing.control.died.includes(pair));

  before(async () => {
    await crashing.open('pairs');
    await crashing.run();
    for (let round = 0; round < 20 && missing().length > 0; round += 1) {
      crashing.control.releaseOpen();
      await crashing.rescore('s1-1');
    }
  });

  it('meets every pair', () => assert.deepEqual(missing(), []));

  it('breaks no invariant, and leaves nothing to do by hand', async () => {
    const checked = await crashing.home.run('check', crashing.home.campaign);
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, /\(ended\): no breach$/m);
  });
});
