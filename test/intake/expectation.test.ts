import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../src/errors.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import { freezeCampaign } from '../../src/intake/freeze-campaign.ts';
import { bucketsOf } from '../../src/settings.ts';
import { StoreRig } from '../ledger/store-rig.ts';
import { writeCampaignFolder } from '../support/campaigns/simulated-campaign.ts';
import type { FreezeResult } from '../../src/intake/compare-with-started.ts';

describe('an expectation in the campaign file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'expectation-'));
  let rig: StoreRig;
  let file: string;
  before(async () => {
    rig = await StoreRig.start();
    const shape = { campaign: 'expecting', teams: [1], slots: { g4: 1, p3: 1 }, budgetUsd: 100 };
    file = await writeCampaignFolder(folder, shape);
  });
  after(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  async function handInWith(change: (yaml: string) => string): Promise<FreezeResult> {
    const unchanged = readFileSync(file, 'utf8');
    const changed = change(unchanged);
    assert.notEqual(changed, unchanged);
    writeFileSync(file, changed);
    const dependencies = { store: rig.store, buckets: bucketsOf({ bucketPrefix: '' }), report: () => undefined };
    return freezeCampaign(dependencies, await checkCampaign(file, new Date()));
  }

  it('affects only the plan: a started campaign accepts any change of it', async () => {
    const { frozen } = await handInWith((yaml) => `${yaml}expect: { runtime: 3h, on: g4 }\n`);
    assert.ok(!('expect' in frozen));
    const { frozen: again, appended } = await handInWith((yaml) =>
      yaml.replace('runtime: 3h', 'runtime: 2h, startUp: 1m'),
    );
    assert.deepEqual(again, frozen);
    assert.deepEqual(appended, []);
    assert.deepEqual((await handInWith((yaml) => yaml.replace(/expect: .*\n/, ''))).frozen, frozen);
  });

  it('does not hide any other change', async () => {
    const changed = handInWith((yaml) => yaml.replace('wallClock: 9h', 'wallClock: 8h'));
    await assert.rejects(
      changed,
      (error: unknown) => error instanceof HoldoutError && error.code === 'CAMPAIGN_CHANGED',
    );
  });
});
