import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyFile, writeKeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { campaignWorkflowId } from '../../src/ids.ts';
import { progressQuery } from '../../src/workflows/signals-and-queries.ts';
import { eventually } from '../support/eventually.ts';
import { latch } from '../support/latch.ts';
import { ScriptedCampaign } from '../support/campaigns/scripted-campaign.ts';

describe('a campaign from before payloads were sealed', function () {
  this.timeout(120_000);
  const campaign = new ScriptedCampaign();
  const folder = mkdtempSync(join(tmpdir(), 'holdout-keys-'));
  before(() => campaign.open());
  after(async () => {
    await campaign.close();
    rmSync(folder, { recursive: true });
  });

  it('continues with workers that seal, and what it sends from then on is sealed', async () => {
    const held = latch();
    campaign.teams = { one: ['m1'], two: ['m2'] };
    campaign.holdRun = () => held.opened;
    const started = await campaign.start('before');
    const handle = campaign.client.workflow.getHandle(campaignWorkflowId('before'));
    await eventually('both run', async () => (await handle.query(progressQuery)).counts.running === 2);
    await campaign.stopWorkers();
    const file = join(folder, 'keys.json');
    writeKeyFile(file, newKeyFile(['before']));
    campaign.seal(new KeyRing(file));
    await campaign.startWorkers();
    held.open();
    await campaign.client.workflow.getHandle(started.workflowId).result();
    assert.deepEqual(campaign.recorded.map(({ state }) => state).toSorted(), ['finished', 'finished']);
    const { events = [] } = await handle.fetchHistory();
    const last = events?.findLast((event) => event.activityTaskScheduledEventAttributes);
    const [input] = last?.activityTaskScheduledEventAttributes?.input?.payloads ?? [];
    assert.equal(Buffer.from(input?.metadata?.['encoding'] ?? []).toString(), 'binary/encrypted');
  });
});
