import assert from 'node:assert/strict';
import { campaignWorkflowId, submissionWorkflowId } from '../../../src/ids.ts';
import { progressQuery } from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

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

describe('submissions and a canary whose histories do not fit the code of their workers', function () {
  this.timeout(120_000);
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());

  const workflow = (submission: string) =>
    campaign.client.workflow.getHandle(submissionWorkflowId('misfits', submission));
  const recordOf = (submission: string) => {
    const [record, ...more] = campaign.rounds.recordsOf(submission);
    assert.ok(record, `${submission} is on record`);
    assert.deepEqual(more, [], `${submission} is on record once`);
    return record;
  };
  const runsOf = (submission: string) => recordOf(submission).runs.map(({ n, class: on, reason }) => [n, on, reason]);

  it('open again from S3 with the runs that they have, also if they were cancelled or need them no more', async () => {
    const held = latch();
    campaign.teams = { one: ['kept'], two: ['cancelled'], three: ['refused'], four: ['done'] };
    const [g4, p3] = campaign.frozen.instanceClasses.map((one) => ({ ...one, slots: 4 }));
    assert.ok(g4 && p3);
    campaign.frozen = { ...campaign.frozen, instanceClasses: [g4, p3] };
    campaign.holdRun = ({ submission, purpose }) =>
      submission === 'kept' && purpose === 'evaluation' ? held.opened : undefined;
    campaign.script = ({ submission, class: on, purpose }) => {
      if (purpose === 'probe' || submission === 'done') return {};
      // Its canary opens p3, and is running when the code changes.
      if (submission === 'kept') return on === 'g4' ? { reason: 'gpu-out-of-memory' } : {};
      return 'until-cancelled';
    };
    const canaryHeld = latch();
    campaign.canaries.hold = ({ class: on }) => (on === 'p3' ? canaryHeld.opened : undefined);
    const handle = await campaign.start('misfits');
    const progress = () => handle.query(progressQuery);
    await eventually('three run, one has finished', async () => {
      const { counts } = await progress();
      return counts.finished === 1 && counts.running === 3;
    });
    held.open();
    await eventually('p3 has a canary', () => campaign.canaries.submitted.some((key) => key.includes('p3')));
    await campaign.stopWorkers();
    await workflow('cancelled').cancel();
    campaign.refusedImages.add('refused');
    await campaign.startWorkersWith('../../workflows/changed-submissions.ts');
    canaryHeld.open();
    await handle.result();
    assert.deepEqual(
      ['kept', 'cancelled', 'refused', 'done'].map((submission) => [submission, recordOf(submission).reason]),
      [
        ['kept', null],
        ['cancelled', 'cancelled'],
        ['refused', 'image-refused'],
        ['done', null],
      ],
    );
    assert.deepEqual(runsOf('kept'), [
      [1, 'g4', null],
      [2, 'g4', 'gpu-out-of-memory'],
      [3, 'p3', null],
    ]);
    for (const submission of ['cancelled', 'refused']) {
      assert.deepEqual(runsOf(submission), [
        [1, 'g4', null],
        [2, 'g4', 'cancelled'],
      ]);
    }
    assert.equal(new Set(campaign.submitted).size, campaign.submitted.length, 'no run was submitted twice');
    assert.equal(campaign.adopted.filter((key) => key === 'misfits/kept/2').length, 1, 'its job was found again');
    const costs = campaign.recorded.flatMap(({ runs }) => runs).map(({ costMicroUsd }) => costMicroUsd);
    const canaries = campaign.canaries.ended('misfits').map(({ costMicroUsd }) => costMicroUsd);
    assert.equal(
      (await progress()).money.spent,
      [...costs, ...canaries].reduce((sum, cost) => sum + cost, 0),
      'every run is paid once',
    );
  });

  it('tell a campaign that lost its state at the same time what they hold', async () => {
    campaign.reset();
    await campaign.stopWorkers();
    await campaign.startWorkersWith('../../../src/workflows/index.ts');
    const held = latch();
    // After some checks without them, the campaign goes on: on a busy machine before the reports come.
    campaign.reconcile = 5_000;
    campaign.teams = { one: ['holds'], two: ['waits'] };
    const [g4, p3] = campaign.frozen.instanceClasses;
    assert.ok(g4 && p3);
    campaign.frozen = { ...campaign.frozen, instanceClasses: [{ ...g4, slots: 1 }, p3] };
    campaign.holdRun = ({ submission, purpose }) =>
      submission === 'holds' && purpose === 'evaluation' ? held.opened : undefined;
    const first = await campaign.start('both-lost');
    const progress = () => campaign.client.workflow.getHandle(campaignWorkflowId('both-lost')).query(progressQuery);
    await eventually('one runs', () => campaign.submitted.includes('both-lost/holds/2'));
    await campaign.stopWorkers();
    await campaign.startWorkersWith('../../workflows/changed-at-first.ts');
    await eventually('its job is found again', () => campaign.adopted.includes('both-lost/holds/2'));
    await eventually('the campaign knows what it holds', async () => {
      const { classes, money } = await progress();
      return classes['g4']?.running === 1 && money.reserved > 0;
    });
    held.open();
    await first.result();
    assert.deepEqual(campaign.overSlots, [], 'no class has more runs than slots');
    assert.equal(new Set(campaign.submitted).size, campaign.submitted.length, 'no run was submitted twice');
    const ends = campaign.recorded.map(({ submission, state }) => `${submission} ${state}`);
    assert.deepEqual(ends.toSorted(), ['holds finished', 'waits finished']);
  });
});
