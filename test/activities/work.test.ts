import assert from 'node:assert/strict';
import type { Submission } from '../../src/campaign/model/frozen-campaign.ts';
import type { WorkList } from '../../src/campaign/model/work-list.ts';
import { chainOf } from '../../src/ledger/ledger.ts';
import { publishedOrder } from '../../src/ledger/published-order.ts';
import { record, roundOf, submissionOf, type ResultsBucket } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';

describe('the work of a campaign', () => {
  let rig: ActivityRig;
  let resultsBucket: ResultsBucket;
  before(async () => {
    rig = await ActivityRig.start();
    resultsBucket = rig.results;
  });
  after(() => rig.stop());

  const listsOf = async (campaign: string): Promise<string[]> => (await rig.call('takeStock', { campaign })).workLists;
  const taken = async (order: { campaign: string; workLists: readonly string[]; added: string }) =>
    (await rig.call('takeRounds', order)) ?? assert.fail('the added rounds do not exist');
  const teamsOf = async (campaign: string, workLists: readonly string[]): Promise<(string | undefined)[]> => {
    const numbers = ['one', 'two', 'three', 'four'].map(async (team) => {
      const found = await rig.activities.findTeam({ campaign, workLists, team });
      return [team, typeof found === 'number' ? found : null] as const;
    });
    return (await Promise.all(numbers))
      .filter(([, number]) => number !== null)
      .sort(([, a], [, b]) => Number(a) - Number(b))
      .map(([team]) => team);
  };
  const states = async (campaign: string, submission: string): Promise<string[]> =>
    (await chainOf(resultsBucket, campaign, submission)).map(({ record }) => record.state);

  it('is a number of rounds by team, with the final ones and the campaign file’s weights', async () => {
    const fairness = { perTeamInFlight: 2, seed: 7, weights: { two: 3, nobody: 2 } };
    await resultsBucket.freeze('opened', { one: ['a', 'b', 'c'], two: ['d'] }, { fairness });
    await resultsBucket.append(record('opened', 'a'));
    const workLists = await listsOf('opened');
    const { work, frozen } = await rig.activities.openCampaign({ campaign: 'opened', workLists });
    const [one, two] = [
      publishedOrder(7, ['one', 'two']).indexOf('one'),
      publishedOrder(7, ['one', 'two']).indexOf('two'),
    ];
    assert.deepEqual([work.rounds[one], work.rounds[two]], [3, 1]);
    assert.deepEqual([work.started[one], work.started[two]], [1, 0]);
    assert.deepEqual(work.weights, [{ team: two, name: 'two', weight: 3 }]);
    assert.deepEqual([work.workLists, frozen.campaign], [workLists, 'opened']);
  });

  it('has the picked rounds in their order, and throws for a missing one', async () => {
    await resultsBucket.freeze('picked', { one: ['a', 'b', 'c'] });
    await resultsBucket.append(record('picked', 'a'));
    const input = { campaign: 'picked', workLists: await listsOf('picked') };
    const picks = [2, 1].map((index) => ({ team: 0, index }));
    const rows = await rig.activities.nextSubmissions({ ...input, picks });
    const names = { team: 0, teamName: 'Team one', teamId: 'one', sequence: 1, kind: 'evaluate' };
    assert.deepEqual(rows, [
      { ...names, submission: 'c' },
      { ...names, submission: 'b' },
    ]);
    for (const pick of [
      { team: 0, index: 0 },
      { team: 0, index: 3 },
      { team: 1, index: 0 },
    ]) {
      await assert.rejects(rig.activities.nextSubmissions({ ...input, picks: [pick] }), { type: 'RangeError' });
    }
  });

  it('has pseudonyms for the Web UI if the campaign is blind, and finds a team by its own', async () => {
    const row = (submission: string, team: string, code: string): Submission => ({
      ...submissionOf(team, submission),
      pseudonym: { submission: `team-${code}/1`, team: `team-${code}` },
    });
    const rows = [row('a', 'one', 'aaaaa'), row('b', 'two', 'bbbbb')];
    const teams = rows.map((one) => ({ team: one.team, teamName: one.teamName, submissions: [one] }));
    await resultsBucket.freezeRows('blind', { version: 1, teams }, { teamNames: 'pseudonyms' });
    const input = { campaign: 'blind', workLists: await listsOf('blind') };
    const number = await rig.activities.findTeam({ ...input, team: 'two' });
    assert.ok(typeof number === 'number', 'the team has a number');
    assert.deepEqual(await rig.activities.findTeam({ ...input, team: 'team-bbbbb' }), { number, team: 'two' });
    assert.equal(await rig.activities.findTeam({ ...input, team: 'team-ccccc' }), null);
    const [next] = await rig.activities.nextSubmissions({ ...input, picks: [{ team: number, index: 0 }] });
    assert.deepEqual([next?.submission, next?.shownAs], ['b', { submission: 'team-bbbbb/1', team: 'team-bbbbb' }]);
  });

  it('grows once by the rounds that an operator added: known teams keep their number, new ones follow', async () => {
    const frozen = await resultsBucket.freeze('grown', { one: ['a'], two: ['b'] });
    await resultsBucket.append(record('grown', 'a'));
    const first = await listsOf('grown');
    const known = await teamsOf('grown', first);
    const rounds = [
      roundOf('four', 'f'),
      roundOf('one', 'a', 2, 'rescore'),
      roundOf('three', 'e'),
      roundOf('one', 'a', 1),
    ];
    const submissions = [submissionOf('four', 'f'), submissionOf('three', 'e')];
    const added = await resultsBucket.add('grown', { rounds, submissions });
    const { workLists, work } = await taken({ campaign: 'grown', workLists: first, added });
    assert.equal(workLists.length, 2);
    const order = [...known, ...publishedOrder(frozen.fairness.seed, ['three', 'four'])];
    assert.deepEqual(await teamsOf('grown', workLists), order);
    const one = order.indexOf('one');
    assert.deepEqual([work.rounds[one], work.started[one], work.rounds.length], [2, 1, 4], 'the first round is final');
    assert.deepEqual(work, (await rig.activities.openCampaign({ campaign: 'grown', workLists })).work);
    const picks = [{ team: one, index: 1 }];
    const [next] = await rig.activities.nextSubmissions({ campaign: 'grown', workLists, picks });
    assert.deepEqual([next?.submission, next?.sequence, next?.kind], ['a', 2, 'rescore']);
    const again = await rig.call('takeRounds', { campaign: 'grown', workLists, added });
    assert.deepEqual(again, { workLists, work });
    assert.equal(await rig.activities.findTeam({ campaign: 'grown', workLists, team: 'five' }), null);
  });

  it('loses rounds that are cancelled before they start, but no running or final ones', async () => {
    await resultsBucket.freeze('cancelled', { one: ['a', 'b', 'c'], two: ['d', 'e'] });
    const workLists = await listsOf('cancelled');
    await resultsBucket.append(record('cancelled', 'a'));
    const input = { campaign: 'cancelled', workLists, open: ['b'] };
    const team = (await teamsOf('cancelled', workLists)).indexOf('one');
    assert.equal(await rig.call('cancelQueued', { ...input, submissions: ['d', 'a', 'b'] }), 1);
    assert.deepEqual(await states('cancelled', 'd'), ['cancelled']);
    assert.equal(await rig.call('cancelQueued', { ...input, team }), 1);
    assert.equal(await rig.call('cancelQueued', { ...input, team }), 0, 'a second call finds nothing left');
    const left = await Promise.all(['a', 'b', 'c', 'e'].map((submission) => states('cancelled', submission)));
    assert.deepEqual(left, [['finished'], [], ['cancelled'], []]);
  });

  it('loses cancelled retries of rounds that failed for a given reason, each chained to the previous record', async () => {
    await resultsBucket.freeze('because', { one: ['a', 'b', 'c'] });
    for (const [submission, reason] of [
      ['a', 'time-limit'],
      ['b', 'submission-error'],
    ] as const) {
      await resultsBucket.append(record('because', submission, { state: 'failed', reason }));
    }
    const rounds = [roundOf('one', 'a', 2), roundOf('one', 'b', 2)];
    const added = await resultsBucket.add('because', { rounds, submissions: [] });
    const first = await listsOf('because');
    const { workLists } = await taken({ campaign: 'because', workLists: first, added });
    const input = { campaign: 'because', workLists, open: [] };
    assert.equal(await rig.call('cancelQueued', { ...input, because: 'time-limit' }), 1);
    const [before, after] = await chainOf(resultsBucket, 'because', 'a');
    assert.deepEqual([after?.record.reason, after?.record.predecessor], ['cancelled', before?.digest]);
    assert.deepEqual(await states('because', 'b'), ['failed']);
    assert.deepEqual(await states('because', 'c'), []);
  });

  it('of a team whose rounds are all final keeps its number', async () => {
    await resultsBucket.freeze('empty', { one: ['a'], two: ['b'] });
    await resultsBucket.append(record('empty', 'b', { team: 'two' }));
    const [key = ''] = await listsOf('empty');
    const { teams } = await resultsBucket.store.readJson<WorkList>(resultsBucket.bucket, key);
    assert.equal(teams.length, 2);
    assert.notEqual(await rig.activities.findTeam({ campaign: 'empty', workLists: [key], team: 'two' }), null);
  });
});
