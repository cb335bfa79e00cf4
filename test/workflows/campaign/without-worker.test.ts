import assert from 'node:assert/strict';
import { queryProgress } from '../../../src/client/status/query-progress.ts';
import { requireWorker } from '../../../src/client/status/require-worker.ts';
import { HoldoutError } from '../../../src/errors.ts';
import { taskQueues } from '../../../src/ids.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

describe('a campaign that no worker continues', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());

  it('is named at once, not after two minutes of silence', async () => {
    const access = { temporal: campaign.client };
    await requireWorker(access, 'alone');
    // Without workers from the start: the server lists one that is gone for some minutes.
    const queue = taskQueues.main;
    Object.assign(taskQueues, { main: 'holdout-unpolled' });
    try {
      const handle = await campaign.start('alone');
      const began = Date.now();
      const isNoWorker = (error: unknown): boolean => error instanceof HoldoutError && error.code === 'NO_WORKER';
      await assert.rejects(queryProgress(access, 'alone'), isNoWorker);
      await assert.rejects(requireWorker(access, 'alone'), isNoWorker);
      assert.ok(Date.now() - began < 30_000);
      await handle.terminate();
    } finally {
      Object.assign(taskQueues, { main: queue });
    }
  });
});
