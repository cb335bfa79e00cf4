import assert from 'node:assert/strict';
import { submissionWorkflowId, taskQueues } from '../../../src/ids.ts';
import { remoteTimings } from '../../../src/timings.ts';
import { queueLimits } from '../../../src/worker/queue-limits.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';
import { eventually } from '../../support/eventually.ts';
import { latch } from '../../support/latch.ts';

/** More than fifty, which once was the most at a time. */
const count = 61;
const others = count - 1;
const names = Array.from({ length: count }, (_, n) => `s-${n}`);
/** Many workflows on a busy machine. */
const patience = { withinMs: 240_000 };

describe(`an abort of ${others} jobs that no worker follows`, function () {
  this.timeout(900_000);
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());

  /** Runs whose jobs are submitted, and that wait for a worker that follows them. */
  async function unfollowedRuns(): Promise<number> {
    const described = await Promise.all(
      names.map((name) => campaign.client.workflow.getHandle(submissionWorkflowId('many', name)).describe()),
    );
    const steps = described.flatMap(({ raw }) => raw.pendingActivities ?? []);
    return steps.filter(({ activityType }) => activityType?.name === 'awaitBatchJob').length;
  }

  it('ends all of them at a time', async () => {
    campaign.teams = { one: names };
    const { sampleSet: _, ...frozen } = campaign.frozen;
    campaign.frozen = {
      ...frozen,
      fairness: { ...frozen.fairness, perTeamInFlight: count },
      instanceClasses: frozen.instanceClasses.map((one) => ({ ...one, slots: count })),
    };
    campaign.timings = remoteTimings;
    campaign.canaries.open('many', 'g4');
    // The first run works, so that the class gets more than three; the others are submitted once nobody follows them.
    const unfollowed = latch();
    campaign.holdSubmit = () => (campaign.submitted.length === 1 ? undefined : unfollowed.opened);
    const handle = await campaign.start('many');
    const counts = async () => (await handle.query(messages.progressQuery)).counts;
    await eventually('the first has finished', async () => (await counts()).finished === 1, patience);
    campaign.script = () => ({ reason: 'cancelled' });
    const stopped = campaign.stopWorkers();
    unfollowed.open();
    await stopped;
    const served = Object.values(taskQueues).filter((queue) => queue !== taskQueues.await);
    await campaign.startWorkers(served, queueLimits.main);
    // A submit that the stopped workers had begun is repeated once its heartbeat is late.
    await eventually('the others wait to be followed', async () => (await unfollowedRuns()) === others, patience);

    // None of them ends before the last has begun to end: in turns they would take as often as long as one.
    let ending = 0;
    const all = latch();
    campaign.holdRun = () => {
      ending += 1;
      if (ending >= others) all.open();
      return all.opened;
    };
    try {
      await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
      await eventually('all of them end at a time', () => ending >= others, patience);
    } catch (error) {
      throw new Error(`${ending} of ${others} jobs ended at a time`, { cause: error });
    } finally {
      all.open();
    }
    await handle.result();
    assert.equal(campaign.recorded.filter(({ state }) => state === 'cancelled').length, others);
  });
});
