import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { canaryWorkflowId, campaignWorkflowId, submissionWorkflowId, taskQueues } from '../../../src/ids.ts';
import { commandMessages, progressQuery } from '../../../src/workflows/signals-and-queries.ts';
import { unpolledBy } from '../../../src/cloud-checks/pollers.ts';
import { campaignStart } from '../../../src/client/operator/start-workflow.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { buildOf, makeCurrent, moveToCurrent } from '../../support/servers/deployments.ts';

const unchanged = '../../../src/workflows/index.ts';
const activityQueues = Object.values(taskQueues).filter((queue) => queue !== taskQueues.main);

describe('a rolling deploy of two builds over a running campaign', function () {
  this.timeout(240_000);
  const campaign = new ScriptedCampaign();
  const stops: (() => Promise<void>)[] = [];
  before(async () => {
    await campaign.open();
    await campaign.stopWorkers();
    // Workers of activities alone have no build.
    await campaign.startWorkers(activityQueues);
  });
  beforeEach(() => campaign.reset());
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  after(() => campaign.close());

  const start = async (build: string, workflows: string): Promise<void> => {
    stops.push(await campaign.startBuild(build, workflows));
    await makeCurrent(campaign.client, build);
  };
  const buildOfSubmission = (name: string, submission: string) =>
    buildOf(campaign.client, submissionWorkflowId(name, submission));
  const counts = async (name: string) =>
    (await campaign.client.workflow.getHandle(campaignWorkflowId(name)).query(progressQuery)).counts;
  const assertEachOnce = (name: string, submissions: readonly string[]): void => {
    const ends = campaign.recorded.map(({ submission, state }) => `${submission} ${state}`);
    assert.deepEqual(ends.toSorted(), submissions.map((submission) => `${submission} finished`).toSorted());
    const keys = submissions.flatMap((submission) => [`${name}/${submission}/1`, `${name}/${submission}/2`]);
    assert.deepEqual(campaign.submitted.toSorted(), keys.toSorted(), 'every run was submitted once');
  };

  /** A campaign of which the submissions of the first two teams run, and those of the others have not begun. */
  async function beginWithTwo(name: string): Promise<WorkflowHandle> {
    campaign.teams = { one: ['old-1'], two: ['old-2'], three: ['new-1'], four: ['new-2'] };
    campaign.frozen = { ...campaign.frozen, campaign: name };
    const { workflow } = campaign.client;
    const handle = await workflow.signalWithStart('campaign', {
      ...campaignStart(campaign.frozen, false),
      signal: commandMessages.pauseCampaign,
      signalArgs: [{}],
    });
    for (const team of ['three', 'four']) await handle.signal(commandMessages.pauseTeam, { team });
    await handle.signal(commandMessages.resumeCampaign, {});
    await eventually('two run', async () => (await counts(name)).running === 2);
    return workflow.getHandle(handle.workflowId);
  }

  const resumeAll = async (handle: WorkflowHandle): Promise<void> => {
    for (const team of ['three', 'four']) await handle.signal(commandMessages.resumeTeam, { team });
  };

  it('leaves submissions with their build, begins new ones with the new one, and moves the campaign', async () => {
    const held = latch();
    campaign.holdRun = ({ submission, purpose }) =>
      submission.startsWith('old') && purpose === 'evaluation' ? held.opened : undefined;
    await start('week-1', unchanged);
    assert.deepEqual(await unpolledBy(campaign.client), [], 'doctor sees workers with builds');
    const handle = await beginWithTwo('rolling');
    // Its submissions and canaries do not fit the histories of week 1.
    await start('week-2', '../../workflows/changed-submissions.ts');
    // As in docs/operations/upgrades.md; Temporal's list may lag.
    const left = "TemporalWorkerDeploymentVersion = 'holdout:week-1' AND ExecutionStatus = 'Running'";
    const count = async (): Promise<number> => (await campaign.client.workflow.count(left)).count;
    await eventually('two submissions are left with week 1', async () => (await count()) === 2);
    await resumeAll(handle);
    await eventually('the slots of the old ones are free for the new ones', async () => {
      held.open();
      return (await counts('rolling')).finished === 4;
    });
    await handle.result();
    await eventually('no submission is left with week 1', async () => (await count()) === 0);
    assert.equal(await buildOf(campaign.client, handle.workflowId), 'week-2');
    for (const [submission, build] of [
      ['old-1', 'week-1'],
      ['old-2', 'week-1'],
      ['new-1', 'week-2'],
      ['new-2', 'week-2'],
    ] as const) {
      assert.equal(await buildOfSubmission('rolling', submission), build, submission);
    }
    assert.equal(await buildOf(campaign.client, canaryWorkflowId('rolling', 'g4', 1)), 'week-1');
    assert.deepEqual(campaign.adopted, [], 'no submission was opened again');
    assertEachOnce('rolling', ['old-1', 'old-2', 'new-1', 'new-2']);
  });

  it('can be rolled back: the campaign returns, and what began with the bad build can be taken from it', async () => {
    const held = latch();
    campaign.holdRun = ({ submission, purpose }) =>
      submission === 'new-1' && purpose === 'evaluation' ? held.opened : undefined;
    await start('week-1', unchanged);
    const handle = await beginWithTwo('rolled-back');
    await start('week-2', '../../workflows/changed-submissions.ts');
    await resumeAll(handle);
    await eventually('three have finished, one runs', async () => {
      const { finished, running } = await counts('rolled-back');
      return finished === 3 && running === 1;
    });
    await makeCurrent(campaign.client, 'week-1');
    const bad = submissionWorkflowId('rolled-back', 'new-1');
    assert.equal(await buildOf(campaign.client, bad), 'week-2');
    await moveToCurrent(campaign.client, bad);
    await eventually('it is opened again', () => campaign.adopted.includes('rolled-back/new-1/2'));
    held.open();
    await handle.result();
    assert.deepEqual(
      [await buildOf(campaign.client, handle.workflowId), await buildOf(campaign.client, bad)],
      ['week-1', 'week-1'],
    );
    assertEachOnce('rolled-back', ['old-1', 'old-2', 'new-1', 'new-2']);
  });
});
