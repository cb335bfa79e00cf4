import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplicationFailure, Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { newKeyFile, writeKeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { activityFailure } from '../../src/activities/activity-failure.ts';
import { holdoutError, messageOf } from '../../src/errors.ts';
import { stuckActivities } from '../../src/client/status/trouble/stuck-activities.ts';
import { campaignWorkflowId, submissionWorkflowId, taskQueues } from '../../src/ids.ts';
import type { Access } from '../../src/client/access.ts';
import { sendUpdate } from '../../src/client/operator/send-command.ts';
import { commandMessages, progressQuery } from '../../src/workflows/signals-and-queries.ts';
import { eventually } from '../support/eventually.ts';
import { latch } from '../support/latch.ts';
import { answerQuery, completeUpdate } from '../support/rogue-replies.ts';
import { completeByName, completeOneActivity, orderActivity } from '../support/rogue-worker.ts';
import { ScriptedCampaign } from '../support/campaigns/scripted-campaign.ts';

const namespace = 'default';
const plain = 'is not authenticated: it is not sealed with a codec key';
const empty = 'is not authenticated: it has no sealed content';

/** A program that reaches Temporal and has no codec key. */
describe('a stranger at Temporal', function () {
  this.timeout(120_000);
  const campaign = new ScriptedCampaign();
  const folder = mkdtempSync(join(tmpdir(), 'holdout-keys-'));
  let connection: Connection;
  let stranger: Client;

  before(async () => {
    const file = join(folder, 'keys.json');
    writeKeyFile(file, newKeyFile());
    campaign.keys = new KeyRing(file);
    await campaign.open();
    connection = await Connection.connect({ address: campaign.server.address });
    stranger = new Client({ connection });
  });
  beforeEach(() => campaign.reset());
  after(async () => {
    await connection.close();
    await campaign.close();
    rmSync(folder, { recursive: true });
  });

  const handleOf = (name: string) => campaign.client.workflow.getHandle(campaignWorkflowId(name));
  const actsOf = (name: string) => campaign.rounds.commands(name).map(({ act }) => act);

  /** What the worker's log has about refused things, without repetitions. */
  const logged = (): string[] => [...new Set(campaign.log.filter((line) => line.startsWith('refused: ')))].toSorted();

  const detailsOf = async (name: string, submission: string): Promise<string> => {
    const handle = campaign.client.workflow.getHandle(submissionWorkflowId(name, submission));
    return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
  };

  /** A campaign whose only submission runs until `release`. */
  async function running(name: string) {
    const held = latch();
    campaign.teams = { one: ['m1'] };
    campaign.holdRun = () => held.opened;
    const started = await campaign.start(name);
    await eventually('it runs', async () => (await handleOf(name).query(progressQuery)).counts.running === 1);
    return { release: () => held.open(), ended: started };
  }

  it('neither pauses, aborts nor ends anything by signals and updates, which are recorded', async () => {
    const { release, ended } = await running('signals');
    const asStranger = stranger.workflow.getHandle(campaignWorkflowId('signals'));
    for (let n = 0; n < 20; n += 1) await asStranger.signal('pauseTeam', { team: 'one', by: 'me' });
    await asStranger.signal('pauseCampaign', { by: 'me' });
    await asStranger.signal('pauseCampaign');
    await asStranger.signal('submissionFinished', { submission: 'm1', team: 'one', sequence: 1, state: 'finished' });
    await assert.rejects(asStranger.executeUpdate('raiseBudget', { args: [{ to: 1 }] }));
    const submission = stranger.workflow.getHandle(submissionWorkflowId('signals', 'm1'));
    await submission.signal('endRun', { n: 1 });
    await submission.signal('tryAgain');
    // In one act or in several: Temporal delivers the messages as they come.
    await eventually('the campaign has recorded the refusals', () => {
      const acts = actsOf('signals').join('\n');
      return acts.includes('signal pauseTeam') && acts.includes('signal submissionFinished');
    });
    const { counts, pausedTeams } = await handleOf('signals').query(progressQuery);
    assert.deepEqual([counts.running, pausedTeams], [1, []]);
    release();
    await ended.result();
    assert.deepEqual(
      campaign.recorded.map(({ state }) => state),
      ['finished'],
    );
    const refused = actsOf('signals').join('\n');
    assert.match(refused, /signal pauseCampaign \(it is not sealed[^]*it has no sealed content/);
    const times = [...refused.matchAll(/^refused (\d+) times? what/gm)].map(([, count]) => Number(count));
    assert.equal(
      times.reduce((sum, count) => sum + count, 0),
      23,
      refused,
    );
    // A submission shows its own: endRun and tryAgain.
    assert.match(await detailsOf('signals', 'm1'), /Refused because they were not authenticated: 2 messages\./);
    // A refused update leaves no event, so the worker's log alone has it.
    assert.deepEqual(logged(), [
      `refused: signal endRun ${plain}`,
      `refused: signal pauseCampaign ${empty}`,
      `refused: signal pauseCampaign ${plain}`,
      `refused: signal pauseTeam ${plain}`,
      `refused: signal submissionFinished ${plain}`,
      `refused: signal tryAgain ${empty}`,
      `refused: update raiseBudget ${plain}`,
    ]);
  });

  it('learns nothing from a query', async () => {
    const { release, ended } = await running('queries');
    const query = stranger.workflow.getHandle(campaignWorkflowId('queries')).query('progress');
    await assert.rejects(query, /Unknown encoding: binary\/encrypted/);
    release();
    await ended.result();
  });

  it('forges no result: the activity runs again on a worker with the key', async () => {
    await campaign.stopWorkers();
    await campaign.startWorkers(Object.values(taskQueues).filter((queue) => queue !== taskQueues.score));
    campaign.teams = { one: ['m1'] };
    const started = await campaign.start('results');
    const forge = (response: Parameters<typeof completeOneActivity>[3]) =>
      completeOneActivity(connection, namespace, taskQueues.score, response);
    await forge(() => ({ result: { kind: 'scored', key: 'other/score', digest: '0' } }));
    await forge(() => ({ nothing: true }));
    await forge(() => ({ failure: { message: 'x', applicationFailureInfo: { type: 'X', nonRetryable: true } } }));
    await forge(() => ({
      failure: {
        message: 'Encoded failure',
        encodedAttributes: { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"message":"x"}') },
        applicationFailureInfo: { type: 'X', nonRetryable: true },
      },
    }));
    await campaign.stopWorkers();
    await campaign.startWorkers();
    await started.result();
    assert.deepEqual(campaign.submitted, ['results/m1/1', 'results/m1/2']);
    const [record] = campaign.recorded;
    assert.deepEqual([record?.state, record?.score?.key], ['finished', 'scores/m1']);
    assert.match(await detailsOf('results', 'm1'), /Refused because they were not authenticated: 4 messages\./);
    const what = 'refused: a result of scoreOutput';
    assert.deepEqual(logged(), [`${what} ${empty}`, `${what} ${plain}`]);
  });

  it('forges no result of a step of the campaign itself, which records it, also while it publishes', async () => {
    campaign.teams = { one: ['m1'] };
    const held = latch();
    let times = 0;
    campaign.publish = () => {
      times += 1;
      return times === 1 ? held.opened : undefined;
    };
    const started = await campaign.start('own');
    const [id, forged] = [campaignWorkflowId('own'), { leaderboard: 'forged', results: 'forged' }];
    await completeByName(connection, { namespace, workflowId: id, activityType: 'publishResults', result: forged });
    assert.deepEqual(await started.result(), { leaderboard: 'own/leaderboard.csv', results: '' });
    held.open();
    const refused = 'a result of publishResults (it is not sealed with a codec key)';
    assert.ok(
      actsOf('own').includes(`refused 1 time what came from outside Holdout: ${refused}`),
      actsOf('own').join('\n'),
    );
    assert.equal(times, 3, 'refused, then taken, then with the record of the refusal');
  });

  it('starts no workflow of Holdout', async () => {
    const start = { taskQueue: taskQueues.main, workflowId: campaignWorkflowId('evil'), args: [{ campaign: 'evil' }] };
    await assert.rejects(stranger.workflow.execute('campaign', start), (error: unknown) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.equal((error.cause as ApplicationFailure).type, 'UNAUTHENTICATED');
      return true;
    });
    const unsealed = { ...start, workflowId: 'other', args: [] };
    await assert.rejects(stranger.workflow.execute('submission', unsealed), WorkflowFailedError);
    assert.deepEqual(campaign.recorded, []);
  });

  it('reads no failure, and the operator still does', async () => {
    campaign.teams = { one: ['m1'] };
    const broken = latch();
    const next = `canary of a step: ${'npm run x '.repeat(10)}`.trim();
    const failure = { program: 'p', found: `canary of a failure${' x'.repeat(200)}`, next };
    let fails = true;
    campaign.publish = () => {
      broken.open();
      if (fails) throw activityFailure(holdoutError('DEVICE_UNREADABLE', failure), {}, true);
    };
    const started = await campaign.start('failing');
    await broken.opened;
    const access = { temporal: campaign.client };
    await eventually('status names the failure', async () => {
      const [stuck] = await stuckActivities(access, 'failing');
      return (
        /^DEVICE_UNREADABLE: p canary of a failure x .*…$/.test(stuck?.cause ?? '') &&
        stuck?.next === `${next}; a run is valid only if its GPU is measured.`
      );
    });
    const { raw } = await stranger.workflow.getHandle(campaignWorkflowId('failing')).describe();
    const described = JSON.stringify(raw.pendingActivities);
    assert.match(described, /Encoded failure/);
    assert.doesNotMatch(described, /canary/);
    fails = false;
    await started.result();
  });

  it('gives no reply in a worker’s place that the operator takes for Holdout’s', async () => {
    const { release } = await running('replies');
    // Nothing is on record of a command that no worker carries out.
    await campaign.stopWorkers();
    const unauthenticated = (error: unknown): boolean => {
      assert.match(messageOf(error), /is not authenticated/);
      return true;
    };
    const store = { list: () => [], size: () => Promise.resolve(1), findJson: () => Promise.resolve(undefined) };
    const frozen = { campaign: () => Promise.resolve({}) };
    const access = { temporal: campaign.client, store, frozen, buckets: {} } as unknown as Access;
    const answered = answerQuery(connection, namespace, taskQueues.main, { counts: { finished: 1 } });
    await assert.rejects(handleOf('replies').query(progressQuery), unauthenticated);
    await answered;
    const completed = completeUpdate(connection, namespace, taskQueues.main);
    await assert.rejects(sendUpdate(access, 'replies', commandMessages.raiseBudget, { usd: 10_000 }), unauthenticated);
    await completed;
    for (const id of [campaignWorkflowId('replies'), submissionWorkflowId('replies', 'm1')])
      await stranger.workflow.getHandle(id).terminate();
    release();
    await campaign.startWorkers();
  });

  it('schedules no activity of Holdout', async () => {
    await campaign.stopWorkers();
    await campaign.startWorkers(Object.values(taskQueues).filter((queue) => queue !== taskQueues.main));
    const order = { taskQueue: taskQueues.score, activityType: 'scoreOutput' };
    for (const content of [{ input: { campaign: 'orders', submission: 'x', n: 1, sequence: 1 } }, {}]) {
      const workflowId = submissionWorkflowId('orders', 'input' in content ? 'x' : 'y');
      await stranger.workflow.start('submission', { taskQueue: taskQueues.main, workflowId, args: [{ any: 1 }] });
      const failure = await orderActivity(connection, namespace, taskQueues.main, { ...order, ...content });
      assert.equal(failure?.applicationFailureInfo?.type, 'UNAUTHENTICATED');
      assert.equal(failure?.message, 'Encoded failure', 'its text is sealed');
      await stranger.workflow.getHandle(workflowId).terminate();
    }
    const what = 'refused: the order of scoreOutput';
    assert.deepEqual(logged(), [`${what} ${empty}`, `${what} ${plain}`]);
    await campaign.stopWorkers();
    await campaign.startWorkers();
  });
});
