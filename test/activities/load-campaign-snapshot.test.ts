import assert from 'node:assert/strict';
import { WorkflowClient } from '@temporalio/client';
import type { WorkList } from '../../src/campaign/model/work-list.ts';
import { canaryWorkflowId, taskQueues } from '../../src/ids.ts';
import { keepCanary } from '../../src/ledger/canary-records.ts';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { publishedOrder } from '../../src/ledger/published-order.ts';
import { acceptedCommand, record, roundOf, run, submissionOf, type ResultsBucket } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';
import type { submission } from './workflows.ts';

describe('the snapshot of a campaign without state', () => {
  let rig: ActivityRig;
  let resultsBucket: ResultsBucket;
  before(async () => {
    rig = await ActivityRig.start();
    resultsBucket = rig.results;
  });
  after(() => rig.stop());

  const listAt = (key: string | undefined): Promise<WorkList> =>
    resultsBucket.store.readJson(resultsBucket.bucket, key ?? '');
  const roundsOf = ({ teams }: WorkList): Record<string, string[]> =>
    Object.fromEntries(
      teams.map(({ team, before, rounds }) => [
        team,
        [`${before} before`, ...rounds.map(({ submission, sequence, kind }) => `${submission}/${sequence} ${kind}`)],
      ]),
    );

  it('lists every submission at the first start, teams in the published order', async () => {
    const teams = Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`t${number}`, [`s${number}`]]));
    const { fairness } = await resultsBucket.freeze('first', { ...teams, t3: ['s3', 'a', 'b'] });
    const stock = await rig.call('takeStock', { campaign: 'first' });
    const list = await listAt(stock.workLists[0]);
    assert.equal(stock.workLists.length, 1);
    assert.deepEqual(
      list.teams.map(({ team }) => team),
      publishedOrder(fairness.seed, Object.keys(teams)),
    );
    assert.deepEqual(roundsOf(list)['t3'], ['0 before', 's3/1 evaluate', 'a/1 evaluate', 'b/1 evaluate']);
    assert.deepEqual([stock.running, stock.acts, stock.actsRecorded, stock.operatorsLog], [[], [], 0, []]);
    assert.equal(stock.ledger.money.spent, 0);
    assert.deepEqual((await rig.call('takeStock', { campaign: 'first' })).workLists, stock.workLists);
  });

  it('does not list final and running rounds, and returns both', async () => {
    await resultsBucket.freeze('lost', { one: ['done', 'runs', 'waits'], two: ['failed'] });
    await resultsBucket.append(record('lost', 'done', { runs: [run(1), run(2)] }));
    const failed = { team: 'two', state: 'failed', reason: 'time-limit', runs: [run(1)] } as const;
    await resultsBucket.append(record('lost', 'failed', { ...failed, runs: [run(1)] }));
    const handle = await rig.open({ campaign: 'lost', submission: 'runs', sequence: 1 });
    const stock = await rig.call('takeStock', { campaign: 'lost' });
    const list = await listAt(stock.workLists[0]);
    assert.deepEqual(roundsOf(list), { one: ['2 before', 'waits/1 evaluate'], two: ['1 before'] });
    const team = list.teams.findIndex((row) => row.team === 'one');
    assert.deepEqual(stock.running, [{ submission: 'runs', team, sequence: 1 }]);
    assert.deepEqual(stock.ledger.counts, { finished: 1, failed: 1, cancelled: 0 });
    assert.deepEqual(stock.ledger.reasons, { 'time-limit': 1 });
    assert.deepEqual([stock.ledger.money.spent, stock.ledger.money.reruns], [300, 100]);
    await rig.terminate(handle);
  });

  describe('while Temporal’s list does not show what has just started', () => {
    beforeEach(() => {
      const { workflow } = rig.client;
      workflow.list = () => WorkflowClient.prototype.list.call(workflow, { query: `WorkflowId = 'none'` });
    });
    afterEach(() => Reflect.deleteProperty(rig.client.workflow, 'list'));

    it('finds submissions that run, in the first round or a later one', async () => {
      await resultsBucket.freeze('lagging', { one: ['a', 'b', 'waits'], two: ['ended'] });
      await rig.call('takeStock', { campaign: 'lagging' });
      await resultsBucket.append(record('lagging', 'b'));
      await resultsBucket.append(record('lagging', 'ended', { team: 'two' }));
      const rounds = await resultsBucket.add('lagging', { rounds: [roundOf('one', 'b', 2)], submissions: [] });
      const retry = acceptedCommand({ name: 'retry', message: { rounds, count: 1 } });
      await appendCommands(resultsBucket, 'lagging', 1, [retry]);
      const running = [
        { submission: 'a', sequence: 1 },
        { submission: 'b', sequence: 2 },
      ];
      const handles = [];
      for (const one of running) handles.push(await rig.open({ campaign: 'lagging', ...one }));
      const stock = await rig.call('takeStock', { campaign: 'lagging' });
      assert.deepEqual(
        stock.running
          .map(({ submission, sequence }) => ({ submission, sequence }))
          .toSorted((one, other) => one.sequence - other.sequence),
        running,
      );
      const left = roundsOf(await listAt(stock.workLists[0]));
      assert.deepEqual(left, { one: ['3 before', 'waits/1 evaluate'], two: ['1 before'] });
      for (const handle of handles) await rig.terminate(handle);
    });

    it('finds a canary that runs after others that ended', async () => {
      const { instanceClasses } = await resultsBucket.freeze('canaries', { one: ['s'] });
      const [g4, p3] = instanceClasses.map(({ name }) => name);
      assert.ok(g4 !== undefined && p3 !== undefined);
      await rig.call('takeStock', { campaign: 'canaries' });
      const money = { billedSeconds: 5, costMicroUsd: 5 };
      const ended = { version: 1, campaign: 'canaries', class: g4, n: 1, jobId: 'job', ...money } as const;
      await keepCanary(resultsBucket, { ...ended, verdict: { kind: 'holds' } });
      const handle = await rig.client.workflow.start<typeof submission>('submission', {
        workflowId: canaryWorkflowId('canaries', g4, 2),
        taskQueue: taskQueues.main,
        args: [{ campaign: 'canaries', submission: 'stands in', sequence: 1 }],
      });
      const { canaries } = await rig.call('takeStock', { campaign: 'canaries' });
      assert.deepEqual(
        canaries?.running.map(({ class: name, n }) => [name, n]),
        [[g4, 2]],
      );
      await handle.terminate();
    });

    it('looks for none at the first start, when none can run', async () => {
      await resultsBucket.freeze('unbegun', { one: ['s'] });
      const handle = await rig.open({ campaign: 'unbegun', submission: 's', sequence: 1 });
      assert.deepEqual((await rig.call('takeStock', { campaign: 'unbegun' })).running, []);
      await rig.terminate(handle);
    });
  });

  it('does not count a workflow as running if its round is final or a later one', async () => {
    await resultsBucket.freeze('closing', { one: ['s'] });
    const handle = await rig.open({ campaign: 'closing', submission: 's', sequence: 1 });
    await resultsBucket.append(record('closing', 's'));
    const rounds = await resultsBucket.add('closing', { rounds: [roundOf('one', 's', 2)], submissions: [] });
    const retry = acceptedCommand({ name: 'retry', message: { rounds, count: 1 } });
    await appendCommands(resultsBucket, 'closing', 1, [retry]);
    const before = await rig.call('takeStock', { campaign: 'closing' });
    assert.deepEqual(before.running, []);
    assert.deepEqual(roundsOf(await listAt(before.workLists[0])), { one: ['1 before', 's/2 evaluate'] });
    await rig.terminate(handle);
    const second = await rig.open({ campaign: 'closing', submission: 's', sequence: 2 });
    const after = await rig.call('takeStock', { campaign: 'closing' });
    assert.deepEqual(after.running, [{ submission: 's', team: 0, sequence: 2 }]);
    assert.deepEqual(roundsOf(await listAt(after.workLists[0])), { one: ['2 before'] });
    await rig.terminate(second);
  });

  it('reads the operators’ commands: added rounds, commands with their team, the last lines', async () => {
    await resultsBucket.freeze('steered', { one: ['s'], two: ['t'] });
    const added = { rounds: [roundOf('three', 'u')], submissions: [submissionOf('three', 'u')] };
    const rounds = await resultsBucket.add('steered', added);
    await resultsBucket.add('steered', { rounds: [roundOf('four', 'v')], submissions: [submissionOf('four', 'v')] });
    const pause = acceptedCommand({ name: 'pauseTeam', message: { team: 'two' } });
    const refused = { ...acceptedCommand(null), refused: 'there is no team five' };
    const add = acceptedCommand({ name: 'addSubmissions', message: { rounds, count: 1 } });
    const more = Array.from({ length: 50 }, () => acceptedCommand({ name: 'pauseCampaign', message: {} }));
    await appendCommands(resultsBucket, 'steered', 1, [pause, refused, add, ...more]);
    const stock = await rig.call('takeStock', { campaign: 'steered' });
    const teams = (await listAt(stock.workLists[0])).teams.map(({ team }) => team);
    assert.deepEqual(teams.toSorted(), ['one', 'three', 'two'], 'commands that were not accepted have no effect');
    assert.equal(stock.actsRecorded, 53);
    assert.deepEqual(stock.acts.slice(0, 3), [
      { act: pause.message, team: teams.indexOf('two') },
      { act: add.message, team: -1 },
      { act: { name: 'pauseCampaign', message: {} }, team: -1 },
    ]);
    assert.equal(stock.acts.length, 52);
    assert.equal(stock.operatorsLog.length, 50);
    assert.deepEqual(stock.operatorsLog[0], { at: pause.at, act: 'pauseCampaign', by: 'ann' });
  });
});
