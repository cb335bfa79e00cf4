import assert from 'node:assert/strict';
import { elsewhere, isStuckReport, lanePoints, pointsOf } from '../../support/crash-points/effects.ts';
import { CrashingCampaign } from '../../support/crash-points/crashing-campaign.ts';

describe('a campaign whose worker dies once at every crash point', function () {
  this.timeout(1_800_000);
  const calm = new CrashingCampaign();
  const crashing = new CrashingCampaign();
  let expected = '';
  after(() => Promise.all([calm.remove(), crashing.remove()]));

  before(async () => {
    await calm.open('off');
    await calm.run();
    await calm.rescore('s1-1');
    expected = await calm.leaderboard();
    await calm.close();
    await crashing.open('alone');
    await crashing.run();
    // Each publication dies at one point alone.
    for (let round = 0; round < 20 && missing().length > 0; round += 1) await crashing.rescore('s1-1');
  });

  const missing = (): string[] => lanePoints.filter((point) => !crashing.control.died.includes(point));

  it('meets every point of the list, and no other', () => {
    assert.deepEqual(missing(), [], 'each has killed once');
    const known = [...lanePoints, ...pointsOf(elsewhere)];
    const others = crashing.control.met.filter((point) => !known.includes(point) && !isStuckReport(point));
    assert.deepEqual(others, []);
    const { met } = calm.control;
    assert.deepEqual(
      lanePoints.filter((point) => !met.includes(point)),
      [],
      'a campaign without crashes has the same effects',
    );
  });

  it('publishes the leaderboard of a campaign without crashes, to the byte', async () => {
    assert.match(expected, /Team 1/);
    assert.equal(await crashing.leaderboard(), expected);
  });

  it('breaks no invariant, and leaves nothing to do by hand', async () => {
    const checked = await crashing.home.run('check', crashing.home.campaign);
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, /\(ended\): no breach$/m);
  });
});
