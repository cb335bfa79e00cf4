import assert from 'node:assert/strict';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { collectResults, leaderboardEntries, type CampaignResults } from '../../src/ledger/results.ts';
import { acceptedCommand, record, run, StoreRig, submissionOf } from './store-rig.ts';
import { sha256 } from '../../src/sha256.ts';
import { resultObjects } from '../../src/object-keys.ts';

describe('results from S3', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  async function scored(campaign: string, submission: string, sequence: number, score: number) {
    const key = resultObjects.score(campaign, submission, 1, sequence);
    const result = { kind: 'scored', score, items: 1 };
    const runKey = `${campaign}/${submission}/1`;
    const body = JSON.stringify({ version: 1, runKey, metric: 'log-loss', result });
    await rig.store.write(rig.bucket, key, body);
    return { key, digest: sha256(body) };
  }
  const rowOf = ({ submissions }: CampaignResults, name: string) =>
    submissions.find(({ submission }) => submission === name) ?? assert.fail(`no row for ${name}`);

  it('show a submission once: state and score of its newest record, runs and cost of all', async () => {
    const frozen = await rig.freeze('rounds', { one: ['s', 't'] });
    const [first, second] = [await scored('rounds', 's', 1, 0.5), await scored('rounds', 's', 2, 0.25)];
    await rig.append(record('rounds', 's', { runs: [run(1), run(2)], score: first }));
    await rig.append(record('rounds', 's', { sequence: 2, runs: [run(3)], score: second }));
    const results = await collectResults(rig, frozen);
    const { score, state, runs } = rowOf(results, 's');
    assert.deepEqual([score, state, runs.map(({ n }) => n)], [0.25, 'finished', [1, 2, 3]]);
    assert.equal(rowOf(results, 't').state, 'queued');
    assert.equal(results.costMicroUsd, 300);
    assert.equal(results.costByClass['g4']?.runs, 3);
    assert.deepEqual(
      leaderboardEntries(results).map(({ submission }) => submission),
      ['s'],
    );
  });

  it('show a newest record that failed, whatever was scored before', async () => {
    const frozen = await rig.freeze('worse', { one: ['s'] });
    const score = await scored('worse', 's', 1, 0.5);
    await rig.append(record('worse', 's', { runs: [run(1)], score }));
    const failed = { sequence: 2, state: 'failed', reason: 'output-invalid' } as const;
    await rig.append(record('worse', 's', failed));
    const row = rowOf(await collectResults(rig, frozen), 's');
    assert.deepEqual([row.state, row.fault, row.score], ['failed', 'team', null]);
  });

  it('keep the earlier record if a later round was cancelled or failed by the platform', async () => {
    const frozen = await rig.freeze('kept', { one: ['s', 't'] });
    for (const [submission, reason] of [
      ['s', 'cancelled'],
      ['t', 'platform-error'],
    ] as const) {
      const score = await scored('kept', submission, 1, 0.5);
      await rig.append(record('kept', submission, { runs: [run(1)], score }));
      const state = reason === 'cancelled' ? 'cancelled' : 'failed';
      await rig.append(record('kept', submission, { sequence: 2, state, reason }));
    }
    const results = await collectResults(rig, frozen);
    for (const submission of ['s', 't']) {
      const { state, score } = rowOf(results, submission);
      assert.deepEqual([state, score], ['finished', 0.5]);
    }
  });

  it('have rows for submissions whose addition was accepted, and none for a refused one', async () => {
    const frozen = await rig.freeze('added', { one: ['s'] });
    const add = async (team: string, submission: string): Promise<string> => {
      const row = submissionOf(team, submission);
      const round = { submission, sequence: 1, kind: 'evaluate', team, teamName: row.teamName } as const;
      return rig.add('added', { rounds: [round], submissions: [row] });
    };
    const [taken] = [await add('two', 'late'), await add('two', 'too-late')];
    await appendCommands(rig, 'added', 1, [
      acceptedCommand({ name: 'addSubmissions', message: { rounds: taken, count: 1 } }),
      { ...acceptedCommand(null), refused: 'the campaign is closing' },
    ]);
    const results = await collectResults(rig, frozen);
    assert.deepEqual(
      results.submissions.map(({ submission, teamName }) => [submission, teamName]),
      [
        ['s', 'Team one'],
        ['late', 'Team two'],
      ],
    );
  });

  it('are finished when every round is final, not while a retry waits', async () => {
    const frozen = await rig.freeze('retried', { one: ['s'] });
    await rig.append(record('retried', 's'));
    const state = async () => (await collectResults(rig, frozen)).state;
    assert.equal(await state(), 'finished');
    const round = { submission: 's', sequence: 2, kind: 'evaluate', team: 'one', teamName: 'Team one' } as const;
    const rounds = await rig.add('retried', { rounds: [round], submissions: [] });
    await appendCommands(rig, 'retried', 1, [acceptedCommand({ name: 'retry', message: { rounds, count: 1 } })]);
    assert.equal(await state(), 'running');
    await rig.append(record('retried', 's', { sequence: 2 }));
    assert.equal(await state(), 'finished');
  });
});
