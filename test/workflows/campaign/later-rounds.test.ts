import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { campaignWorkflowId, submissionWorkflowId, taskQueues } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

describe('a later round of a submission', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
  });

  const ends = (submission: string) =>
    campaign.rounds.recordsOf(submission).map(({ sequence, state }) => [sequence, state]);
  const retry = async (handle: WorkflowHandle, submission: string, sequence: number): Promise<void> => {
    const round = { submission, sequence, kind: 'evaluate', team: 'one', teamName: 'one' } as const;
    const rounds = `${submission}/${sequence}`;
    campaign.rounds.added.set(rounds, { version: 1, rounds: [round], submissions: [] });
    await handle.executeUpdate(messages.commandMessages.retry, { args: [{ rounds, count: 1 }] });
  };

  const refusedStarts = async (handle: WorkflowHandle): Promise<number> =>
    ((await handle.fetchHistory()).events ?? []).filter(
      (event) => event.startChildWorkflowExecutionFailedEventAttributes,
    ).length;

  it('runs although it is due together with the previous round, which was cancelled in the queue', async () => {
    campaign.teams = { one: ['r1'] };
    const fairness = { ...campaign.frozen.fairness, perTeamInFlight: 2 };
    campaign.frozen = { ...campaign.frozen, campaign: 'together', fairness };
    const handle = await campaign.client.workflow.signalWithStart('campaign', {
      workflowId: campaignWorkflowId('together'),
      taskQueue: taskQueues.main,
      args: [{ campaign: 'together' }],
      signal: messages.commandMessages.pauseCampaign,
      signalArgs: [{}],
    });
    await handle.executeUpdate(messages.commandMessages.cancel, { args: [{ submissions: ['r1'] }] });
    await retry(handle, 'r1', 2);
    await handle.signal(messages.commandMessages.resumeCampaign, {});
    await handle.result();
    assert.deepEqual(ends('r1'), [
      [1, 'cancelled'],
      [2, 'finished'],
    ]);
  });

  it('runs however long the workflow of the previous round takes to close after its report', async () => {
    const { opened: held, open: release } = latch();
    campaign.teams = { one: ['r2'], two: ['busy'] };
    campaign.holdRun = ({ submission }) => (submission === 'busy' ? held : undefined);
    campaign.holdEnd = ({ submission, sequence }) => (submission === 'r2' && sequence === 1 ? held : undefined);
    const handle = await campaign.start('closing');
    const finished = async () => (await handle.query(messages.progressQuery)).counts.finished;
    await eventually('the first round has reported', async () => (await finished()) === 1);
    await retry(handle, 'r2', 2);
    await eventually('its start was attempted repeatedly', async () => (await refusedStarts(handle)) >= 4);
    release();
    await handle.result();
    assert.deepEqual(ends('r2'), [
      [1, 'finished'],
      [2, 'finished'],
    ]);
  });

  it('is not considered lost by a check of the previous round', async () => {
    const [running, checkStarted, checkMayEnd, end] = [latch(), latch(), latch(), latch()];
    campaign.teams = { one: ['r3'], two: ['busy'] };
    campaign.holdRun = ({ submission, n }) =>
      submission === 'busy' ? checkMayEnd.opened : n === 1 ? running.opened : undefined;
    campaign.holdLivenessCheck = () => {
      checkStarted.open();
      return checkMayEnd.opened;
    };
    campaign.holdEnd = ({ submission, sequence }) => (submission === 'r3' && sequence === 1 ? end.opened : undefined);
    const handle = await campaign.start('checked-late');
    await checkStarted.opened;
    running.open();
    const finished = async () => (await handle.query(messages.progressQuery)).counts.finished === 1;
    await eventually('the first round has reported', finished);
    const first = campaign.client.workflow.getHandle(submissionWorkflowId('checked-late', 'r3'));
    await retry(handle, 'r3', 2);
    await eventually('the start was refused repeatedly', async () => (await refusedStarts(handle)) >= 3);
    end.open();
    await first.result();
    checkMayEnd.open();
    await handle.result();
    assert.deepEqual(ends('r3'), [
      [1, 'finished'],
      [2, 'finished'],
    ]);
  });
});
