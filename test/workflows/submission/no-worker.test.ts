import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import { stuckLine } from '../../../src/client/status/trouble/stuck-texts.ts';
import { statusText } from '../../../src/client/status/status-text.ts';
import { costMicroUsd } from '../../../src/campaign/model/money.ts';
import { submissionWorkflowId, taskQueues, type TaskQueueName } from '../../../src/ids.ts';
import { embeddedTimings, remoteTimings } from '../../../src/timings.ts';
import * as messages from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../../support/eventually.ts';
import { ScriptedCampaign } from '../../support/campaigns/scripted-campaign.ts';

type Handle = Awaited<ReturnType<ScriptedCampaign['start']>>;

describe('a campaign without workers of a queue, or without its image store', () => {
  const campaign = new ScriptedCampaign();
  before(() => campaign.open());
  after(() => campaign.close());
  beforeEach(() => {
    campaign.reset();
    campaign.teams = { one: ['a'] };
    campaign.timings = { ...embeddedTimings, untaken: 500 };
  });

  let unserved: TaskQueueName | undefined;
  const serve = async (except?: TaskQueueName): Promise<void> => {
    if (except === unserved) return;
    unserved = except;
    await campaign.stopWorkers();
    const queues = Object.keys(taskQueues) as TaskQueueName[];
    await campaign.startWorkers(queues.filter((name) => name !== except).map((name) => taskQueues[name]));
  };
  const runsUntilEnded = (): void => {
    campaign.script = () => 'until-cancelled';
    campaign.holdRun = ({ giveUp }) => (giveUp ? undefined : new Promise<void>(() => undefined));
  };
  const start = async (name: string, { opened = true } = {}) => {
    if (opened) campaign.canaries.open(name, 'g4');
    const handle = await campaign.start(name);
    const progress = (): Promise<CampaignProgress> => handle.query(messages.progressQuery);
    const stuck = async (): Promise<string> => (await progress()).stuck.map(stuckLine).join();
    return { handle, progress, stuck };
  };
  const records = () => campaign.recorded.map(({ submission, state, reason }) => [submission, state, reason]);

  const commands = {
    cancel: (handle: Handle) =>
      handle.executeUpdate(messages.commandMessages.cancel, { args: [{ submissions: ['a'] }] }),
    close: (handle: Handle) => handle.executeUpdate(messages.commandMessages.close, { args: [{}] }),
    abort: (handle: Handle) => handle.executeUpdate(messages.commandMessages.abort, { args: [{}] }),
  };
  for (const [command, send] of Object.entries(commands)) {
    it(`says that no worker submits its job, and ends by ${command}, with the run withdrawn`, async () => {
      await serve('submit');
      const { handle, stuck } = await start(`unsubmitted-${command}`);
      await eventually('it is named', async () =>
        /^a: its job cannot be submitted \(since .*\): no worker takes submitBatchJob$/.test(await stuck()),
      );
      await send(handle);
      await handle.result();
      assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
      assert.deepEqual(campaign.queuesOfEnds, [taskQueues.main]);
    });
  }

  it('says that no worker submits its canary, and ends by abort', async () => {
    await serve('submit');
    const { handle, progress } = await start('no-canary', { opened: false });
    await eventually('it is named', async () =>
      /g4 gets its first run once its canary 1, .*; its job cannot be submitted \(since .*\): no worker takes submitCanary$/m.test(
        statusText(await progress()),
      ),
    );
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
    const [canary] = campaign.canaries.ended('no-canary');
    assert.deepEqual(
      [canary?.verdict, canary?.costMicroUsd],
      [{ kind: 'no-outcome', reason: 'cancelled', cause: 'the canary was given up before its job began' }, 0],
    );
  });

  it('continues once there is a worker, and is no longer reported as stuck', async () => {
    await serve('submit');
    const { handle, progress, stuck } = await start('late');
    await eventually('it is named', async () => (await stuck()) !== '');
    runsUntilEnded();
    await serve();
    await eventually('it runs', async () => campaign.submitted.length === 1 && (await stuck()) === '');
    assert.equal((await progress()).counts.running, 1);
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    assert.deepEqual(campaign.submitted, ['late/a/1']);
  });

  it('ends a job that no worker awaits, on its own queue, at its actual cost', async () => {
    await serve('await');
    const { handle, stuck } = await start('unwatched');
    campaign.script = () => 'until-cancelled';
    await eventually('it is named', async () => /its job cannot be followed/.test(await stuck()));
    await handle.executeUpdate(messages.commandMessages.cancel, { args: [{ submissions: ['a'] }] });
    await handle.result();
    const [record] = campaign.recorded;
    assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
    assert.deepEqual([record?.detail, record?.runs.map(({ costMicroUsd }) => costMicroUsd)], [null, [1_000]]);
    assert.deepEqual(campaign.queuesOfEnds, [taskQueues.main]);
  });

  /** Waits until the submission's step is pending. */
  const waitsFor = (name: string, step: string): Promise<void> =>
    eventually(`${step} is pending`, async () => {
      const { raw } = await campaign.client.workflow.getHandle(submissionWorkflowId(name, 'a')).describe();
      return (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === step);
    });
  const endsInTime = async (handle: Handle, command: 'cancel' | 'abort'): Promise<void> => {
    const began = Date.now();
    await commands[command](handle);
    await handle.result();
    const took = Date.now() - began;
    assert.ok(took < 30_000, `${command} took ${took} ms`);
    assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
  };

  const steps = {
    images: 'pullImage',
    submit: 'submitBatchJob',
    await: 'awaitBatchJob',
    score: 'scoreOutput',
  } as const;
  for (const command of ['cancel', 'abort'] as const) {
    for (const [queue, step] of Object.entries(steps) as [keyof typeof steps, string][]) {
      it(`ends by ${command} within half a minute with the timings of AWS, while no worker polls holdout-${queue}`, async () => {
        await serve(queue);
        campaign.timings = { ...remoteTimings };
        if (queue !== 'score') campaign.script = () => 'until-cancelled';
        const name = `${command}-without-${queue}`;
        const { handle } = await start(name);
        await waitsFor(name, step);
        await endsInTime(handle, command);
        const runIsOpen = queue === 'submit' || queue === 'await';
        assert.deepEqual(campaign.queuesOfEnds, runIsOpen ? [taskQueues.main] : []);
      });
    }

    it(`ends by ${command} within half a minute while the image store refuses every copy`, async () => {
      await serve();
      campaign.timings = { ...remoteTimings };
      let copies = 0;
      campaign.copy = () => {
        copies += 1;
        throw new Error('no such registry');
      };
      const { handle } = await start(`${command}-without-store`);
      await eventually('two copies failed', () => copies >= 2);
      await endsInTime(handle, command);
    });

    it(`ends by ${command} within half a minute while the image store does not respond`, async () => {
      await serve();
      campaign.timings = { ...remoteTimings };
      let isCopying = false;
      let responds = (): void => undefined;
      campaign.holdCopy = () => {
        isCopying = true;
        return new Promise((resolve) => (responds = resolve));
      };
      const { handle } = await start(`${command}-with-silent-store`);
      await eventually('it is being copied', () => isCopying);
      await endsInTime(handle, command);
      responds();
    });
  }

  it('ends a job whose worker has died, without waiting for its heartbeat timeout', async () => {
    await serve();
    campaign.timings = { ...remoteTimings };
    campaign.script = () => 'until-cancelled';
    let bury: (died: Error) => void = () => undefined;
    const dead = new Promise<never>((_, reject) => (bury = reject));
    dead.catch(() => undefined);
    campaign.deadWorker = ({ giveUp }) => (giveUp ? undefined : dead);
    try {
      const { handle, progress } = await start('died');
      await eventually('it runs', async () => (await progress()).counts.running === 1);
      const began = Date.now();
      await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
      await handle.result();
      assert.ok(Date.now() - began < 25_000, `abort took ${Date.now() - began} ms`);
      assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
      assert.deepEqual(
        campaign.recorded[0]?.runs.map(({ costMicroUsd }) => costMicroUsd),
        [1_000],
      );
      assert.deepEqual(campaign.queuesOfEnds, [taskQueues.await]);
    } finally {
      bury(new Error('the worker died'));
    }
  });

  it('withdraws a run whose worker has died while it submitted, without waiting for its heartbeat timeout', async () => {
    await serve();
    campaign.timings = { ...remoteTimings };
    let bury: () => void = () => undefined;
    const dead = new Promise<void>((resolve) => (bury = resolve));
    campaign.holdSubmit = () => (campaign.queuesOfEnds.length === 0 ? dead : undefined);
    try {
      const { handle } = await start('died-submitting');
      await eventually('it is being submitted', () => campaign.submitted.length === 1);
      const began = Date.now();
      await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
      await handle.result();
      assert.ok(Date.now() - began < 25_000, `abort took ${Date.now() - began} ms`);
      assert.deepEqual(records(), [['a', 'cancelled', 'cancelled']]);
      assert.deepEqual(campaign.queuesOfEnds, [taskQueues.submit]);
    } finally {
      bury();
    }
  });

  it('names the job that may still be running if that fails too, and books the worst case', async () => {
    await serve('await');
    campaign.script = () => {
      throw ApplicationFailure.create({ message: 'no route to Batch' });
    };
    const { handle, progress, stuck } = await start('left-behind');
    await eventually('it is named', async () => /its job cannot be followed/.test(await stuck()));
    const { reserved } = (await progress()).money;
    await handle.executeUpdate(messages.commandMessages.abort, { args: [{}] });
    await handle.result();
    const [record] = campaign.recorded;
    const left = 'job job-a-1 may still be running: no worker could stop it';
    assert.deepEqual([record?.state, record?.detail], ['cancelled', left]);
    assert.deepEqual(
      record?.runs.map(({ jobId, cause, costMicroUsd: cost }) => [jobId, cause, cost]),
      [['job-a-1', left, reserved]],
    );
    const [run] = record?.runs ?? [];
    const price = campaign.frozen.instanceClasses.find(({ name }) => name === run?.class)?.microUsdPerHour ?? 0;
    assert.equal(costMicroUsd(run?.billedSeconds ?? 0, price), reserved, 'the cost follows from the billed seconds');
  });
});
