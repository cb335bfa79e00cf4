import assert from 'node:assert/strict';
import { campaignWorkflowId } from '../../src/ids.ts';
import { progressQuery } from '../../src/workflows/signals-and-queries.ts';
import { eventually } from '../support/eventually.ts';
import { latch } from '../support/latch.ts';
import { ScriptedCampaign } from '../support/campaigns/scripted-campaign.ts';

describe('a campaign whose history does not fit the code of its workers', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());

  const progress = (name: string) => campaign.client.workflow.getHandle(campaignWorkflowId(name)).query(progressQuery);

  it('restarts from S3, learns which runs are under way, and finishes without running anything twice', async () => {
    const held = latch();
    campaign.teams = { one: ['m1'], two: ['m2'], three: ['m3'] };
    campaign.holdRun = ({ submission }) => (submission === 'm2' ? held.opened : undefined);
    const first = await campaign.start('misfit');
    await eventually('one runs, two have finished', async () => {
      const { counts } = await progress('misfit');
      return counts.finished === 2 && counts.running === 1;
    });
    await campaign.stopWorkers();
    await campaign.startWorkersWith('../../workflows/changed-workflows.ts');
    held.open();
    await first.result();
    const runs = await campaign.client.workflow.getHandle(campaignWorkflowId('misfit')).describe();
    assert.notEqual(runs.runId, first.firstExecutionRunId, 'another run has ended it');
    const ends = campaign.recorded.map(({ submission, state }) => `${submission} ${state}`);
    assert.deepEqual(ends.toSorted(), ['m1 finished', 'm2 finished', 'm3 finished']);
    assert.equal(new Set(campaign.submitted).size, campaign.submitted.length, 'no run was submitted twice');
  });
});
