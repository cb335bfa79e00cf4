import assert from 'node:assert/strict';
import type { WorkList } from '../../src/campaign/model/work-list.ts';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { publishedOrder } from '../../src/ledger/published-order.ts';
import { acceptedCommand, record, roundOf, run, submissionOf, type ResultsBucket } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';

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
