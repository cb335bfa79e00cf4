import assert from 'node:assert/strict';
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { SubmissionResult } from '../../../src/activities/record-result.ts';
import type { HeldRunReport } from '../../../src/campaign/model/messages.ts';
import { submissionWorkflowId } from '../../../src/ids.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

describe('the report of a round that its campaign asks for', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
  });

  const heldRuns = async (child: WorkflowHandle): Promise<HeldRunReport[]> =>
    ((await child.fetchHistory()).events ?? []).flatMap(
      ({ signalExternalWorkflowExecutionInitiatedEventAttributes: signal }) => {
        const [payload] = signal?.signalName === messages.standingSignal.name ? (signal.input?.payloads ?? []) : [];
        return payload ? [defaultPayloadConverter.fromPayload<HeldRunReport>(payload)] : [];
      },
    );

  it('contains a grant that arrived together with the query, and no request', async () => {
    campaign.teams = { one: ['a'], two: ['b'] };
    const instanceClasses = campaign.frozen.instanceClasses.map((row) => ({ ...row, slots: 1 }));
    campaign.frozen = { ...campaign.frozen, instanceClasses };
    const { opened: held, open: release } = latch();
    campaign.holdRun = () => held;
    const handle = await campaign.start('asked');
    const isOneWaiting = async () => (await handle.query(messages.progressQuery)).counts.waiting === 1;
    await eventually('one submission has the slot, the other waits for it', isOneWaiting);
    await eventually('the job of the first is submitted', () => campaign.submitted.length === 1);
    const submission = campaign.submitted[0] === 'asked/a/1' ? 'b' : 'a';
    const child = campaign.client.workflow.getHandle(submissionWorkflowId('asked', submission));
    await campaign.stopWorkers();
    await child.signal(messages.grantRunSignal, { submission, n: 1, class: 'g4', reserved: 5 });
    await child.signal(messages.reportAgainSignal);
    release();
    await campaign.startWorkers();
    await handle.result();
    const [report] = await heldRuns(child);
    assert.deepEqual(report?.grant && { ...report.grant, since: 0 }, {
      n: 1,
      purpose: 'probe',
      rerun: false,
      class: 'g4',
      reserved: 5,
      since: 0,
    });
    assert.equal(report?.request, undefined);
  });

  it('is also sent by a round that is being cancelled, and the round is recorded', async () => {
    campaign.teams = { one: ['c'] };
    campaign.script = () => 'until-cancelled';
    campaign.holdRun = ({ giveUp }) => (giveUp ? undefined : new Promise<void>(() => undefined));
    const handle = await campaign.start('cancelled-and-asked');
    await eventually('its job is submitted', () => campaign.submitted.length === 1);
    const child = campaign.client.workflow.getHandle(submissionWorkflowId('cancelled-and-asked', 'c'));
    await campaign.stopWorkers();
    await child.signal(messages.reportAgainSignal);
    await child.cancel();
    await campaign.startWorkers();
    await handle.result();
    const [{ state, runs }] = campaign.rounds.recordsOf('c') as [SubmissionResult];
    assert.deepEqual([state, runs.map(({ reason }) => reason)], ['cancelled', ['cancelled']]);
  });
});
