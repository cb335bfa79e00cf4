import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainOf } from '../../src/ledger/ledger.ts';
import { record, run, type ResultsBucket } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';
import type { ScoreFile } from '../../src/ledger/score-file.ts';
import { runObjects, resultObjects } from '../../src/object-keys.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { sealBytes } from '../../src/sealing/age.ts';
import { makeSealKey } from '../../src/sealing/seal-keys.ts';
import { sha256 } from '../../src/sha256.ts';

describe('the rounds of a submission', () => {
  let rig: ActivityRig;
  let resultsBucket: ResultsBucket;
  before(async () => {
    rig = await ActivityRig.start();
    resultsBucket = rig.results;
    await resultsBucket.freeze('results', { one: ['s', 'old'] });
    await resultsBucket.freeze('rounds', { one: ['s', 't'] });
  });
  beforeEach(() => {
    rig.reports.length = 0;
  });
  after(() => rig.stop());

  const open = (submission: string, sequence: number) =>
    rig.activities.openSubmission({ campaign: 'rounds', submission, sequence });
  const append = (submission: string, rest: Parameters<typeof record>[2]): Promise<void> =>
    resultsBucket.append(record('rounds', submission, rest));
  const result = (submission: string, rest: Parameters<typeof record>[2] = {}) => {
    const { version: _version, predecessor: _predecessor, ...result } = record('results', submission, rest);
    return result;
  };

  it('include the earlier runs and the last successful one', async () => {
    const first = await open('s', 1);
    assert.deepEqual([first.final, first.runsBefore, first.evaluationsBefore, first.lastGoodRun], [null, 0, 0, null]);
    const probe = run(1, { purpose: 'probe' });
    await append('s', { image: 'sha256:1', runs: [probe, run(2, { reason: 'spot-reclaimed' }), run(3)] });
    await append('s', { sequence: 2, state: 'failed', reason: 'time-limit', runs: [run(5, { reason: 'time-limit' })] });
    const third = await open('s', 3);
    assert.equal(third.final, null);
    assert.deepEqual([third.runsBefore, third.evaluationsBefore], [5, 3]);
    assert.deepEqual([third.lastGoodRun, third.imageBefore], [3, 'sha256:1']);
  });

  it('are final by their own record, also after a later one has ended', async () => {
    await append('t', { state: 'failed', reason: 'time-limit', runs: [run(1)] });
    await append('t', { sequence: 2 });
    assert.equal((await open('t', 1)).final?.state, 'failed');
    const second = await open('t', 2);
    assert.deepEqual([second.final?.sequence, second.runsBefore], [2, 1]);
  });

  it('are recorded in a chain and reported with their number', async () => {
    const { activities, reports } = rig;
    await activities.recordResult(result('s', { runs: [run(1)], state: 'failed', reason: 'time-limit' }));
    await activities.recordResult(result('s', { sequence: 2, runs: [run(2, { costMicroUsd: 7 })] }));
    // The same again; how operators see it is not recorded, for then it would differ.
    const shownAs = { submission: 'team-k7m4x/1', team: 'team-k7m4x' };
    await activities.recordResult({
      ...result('s', { sequence: 2, runs: [run(2, { costMicroUsd: 7 })] }),
      shownAs,
    });
    const [first, second] = await chainOf(resultsBucket, 'results', 's');
    assert.deepEqual([first?.record.predecessor, second?.record.predecessor], [null, first?.digest]);
    const standing = { before: { state: 'failed', reason: 'time-limit' }, now: { state: 'finished' } };
    const lastRun = { n: 2, purpose: 'evaluation', class: 'g4', billedSeconds: 10, costMicroUsd: 7 };
    const finished = { submission: 's', sequence: 2, state: 'finished', costMicroUsd: 7, lastRun, standing };
    const before = { ...lastRun, n: 1, costMicroUsd: 100 };
    const failed = {
      submission: 's',
      sequence: 1,
      state: 'failed',
      reason: 'time-limit',
      costMicroUsd: 100,
      lastRun: before,
    };
    assert.deepEqual(reports, [failed, finished, finished]);
  });

  it('keep their record when another is written: an error for the newest, the old report for an earlier one', async () => {
    const { activities, reports } = rig;
    await activities.recordResult(result('old', { state: 'failed', reason: 'time-limit' }));
    const other = result('old', { state: 'finished' });
    await assert.rejects(activities.recordResult(other), { type: 'OBJECT_DIFFERS', nonRetryable: true });
    await activities.recordResult(result('old', { sequence: 2 }));
    await activities.recordResult(other);
    assert.deepEqual(reports.at(-1), {
      submission: 'old',
      sequence: 1,
      state: 'failed',
      reason: 'time-limit',
      costMicroUsd: 0,
    });
    assert.equal((await chainOf(resultsBucket, 'results', 'old'))[0]?.record.state, 'failed');
  });

  it('name what was found about the image, and what a run without an outcome left', async () => {
    const campaign = 'found';
    await resultsBucket.freeze(
      campaign,
      { one: ['s', 't'] },
      { scan: { command: ['true'], onFinding: 'flag' }, sampleSet: frozenCampaign().testSet },
    );
    const { store, bucket } = resultsBucket;
    const scan = resultObjects.imageScan(campaign, 's', `sha256:${'1'.repeat(64)}`, sha256('printed'));
    const base = `${resultObjects.baseFolder(campaign, 'base', 'saturating')}s`;
    for (const key of [scan, base, base.replace(/s$/, 't')]) await store.writeIfAbsent(bucket, key, '');
    const { runs } = rig.batch.s3.buckets;
    await store.write(runs, runObjects.log(`${campaign}/s/1`), 'sealed log');
    await store.write(runs, runObjects.predictions(`${campaign}/s/1`), 'sealed');
    const rest = { campaign, runs: [run(1, { purpose: 'probe' })] };
    await rig.activities.recordResult({ ...result('s', rest), base: 'base' });
    await rig.activities.recordResult({ ...result('t', { campaign }), base: null });
    await rig.activities.recordResult(result('t', { campaign, sequence: 2 }));
    const [[first], [second, older]] = [
      await chainOf(resultsBucket, campaign, 's'),
      await chainOf(resultsBucket, campaign, 't'),
    ];
    const evidence = first?.record.evidence;
    assert.deepEqual(evidence?.findings, [scan, base]);
    assert.deepEqual(evidence?.runs[1], { left: { log: sha256('sealed log'), predictions: sha256('sealed') } });
    assert.deepEqual([second?.record.evidence?.findings, older?.record.evidence?.findings], [[], undefined]);
  });

  it('that were not written do not exist', async () => {
    const order = { campaign: 'rounds', workLists: [], added: 'nowhere' };
    assert.equal(await rig.call('takeRounds', order), null);
  });

  it('are not what another object says: of the campaign, of another one, or without the digest in its key', async () => {
    await resultsBucket.freeze('rounds', { one: ['s'] });
    await resultsBucket.freeze('foreign', { one: ['t'] });
    const { store, bucket } = resultsBucket;
    const foreign = resultObjects.added('foreign', 'a'.repeat(64));
    const unnamed = 'rounds/added/rounds.json';
    for (const key of [foreign, unnamed]) await store.write(bucket, key, JSON.stringify({ version: 1, rounds: [] }));
    for (const added of [
      resultObjects.campaign('rounds'),
      resultObjects.manifest('rounds'),
      foreign,
      unnamed,
      '',
      '/',
    ]) {
      const order = { campaign: 'rounds', workLists: [], added };
      assert.equal(await rig.call('takeRounds', order), null, added);
    }
  });

  /** A campaign with labels whose submission s has left these bytes as predictions of its run 1. */
  async function predicted(campaign: string, stored: string | Buffer, seal: string): Promise<void> {
    const { buckets } = rig.batch.s3;
    const labels = 'filename,label\na,1\nb,0\n';
    const digest = sha256(labels);
    const location = { bucket: buckets.labels, key: `${campaign}/labels`, digest };
    await resultsBucket.freeze(campaign, { one: ['s'] }, { labels: location, seal });
    await resultsBucket.store.write(buckets.labels, location.key, labels);
    const collected = { kind: 'collected', sha256: sha256(stored) };
    await resultsBucket.store.write(buckets.runs, runObjects.predictions(`${campaign}/s/1`), stored);
    const outcome = JSON.stringify({ predictions: collected });
    await resultsBucket.store.write(buckets.runs, runObjects.outcome(`${campaign}/s/1`), outcome);
  }

  const scored = (campaign: string) => rig.activities.scoreOutput({ campaign, submission: 's', n: 1, sequence: 1 });

  it('score sealed predictions, and write nothing that they say', async () => {
    const seal = await makeSealKey(rig.sealKeysFolder, 'sealed');
    await predicted('sealed', await sealBytes(seal, Buffer.from('filename,label\na,0.5\nb,0.5\n')), seal);
    assert.equal((await scored('sealed')).kind, 'scored');
    await predicted('faulty', await sealBytes(seal, Buffer.from('filename,label\na,canary\nb,0.5\n')), seal);
    const { kind, key } = await scored('faulty');
    assert.equal(kind, 'invalid');
    const file = await resultsBucket.store.readJson<ScoreFile>(resultsBucket.bucket, key);
    assert.ok(file.result.kind === 'invalid' && file.result.count === 1, JSON.stringify(file));
    assert.deepEqual([file.result.faults, file.result.summary?.first], [[], [{ fault: 'not-a-number', line: 2 }]]);
  });

  it('do not score sealed predictions without the identity, or with another, until it is there', async () => {
    const elsewhere = join(rig.sealKeysFolder, 'elsewhere');
    const seal = await makeSealKey(elsewhere, 'lost');
    await predicted('lost', await sealBytes(seal, Buffer.from('filename,label\na,0.5\nb,0.5\n')), seal);
    await assert.rejects(scored('lost'), /SEAL_KEY_MISSING in lost, s, run 1/);
    await makeSealKey(rig.sealKeysFolder, 'lost');
    await assert.rejects(scored('lost'), /SEAL_KEY_MISSING/);
    const key = resultObjects.score('lost', 's', 1, 1);
    assert.equal(await resultsBucket.store.find(resultsBucket.bucket, key), undefined);
    copyFileSync(join(elsewhere, 'lost.txt'), join(rig.sealKeysFolder, 'found.txt'));
    assert.equal((await scored('lost')).kind, 'scored');
  });

  it('refuse predictions that a runner left plain, or that were sealed again by somebody else', async () => {
    const seal = await makeSealKey(rig.sealKeysFolder, 'strict');
    const plain = Buffer.from('filename,label\na,0.5\nb,0.5\n');
    await predicted('strict', plain, seal);
    await assert.rejects(scored('strict'), /RECORD_CHANGED/);
    await predicted('again', await sealBytes(seal, plain), seal);
    const other = await sealBytes(seal, plain);
    await resultsBucket.store.write(rig.batch.s3.buckets.runs, runObjects.predictions('again/s/1'), other);
    await assert.rejects(scored('again'), /RECORD_CHANGED/);
  });

  it('score nothing against labels that are not those of the start, until they are back', async () => {
    const seal = await makeSealKey(rig.sealKeysFolder, 'swapped');
    await predicted('swapped', await sealBytes(seal, Buffer.from('filename,label\na,0.5\nb,0.5\n')), seal);
    const { labels } = rig.batch.s3.buckets;
    const before = await resultsBucket.store.read(labels, 'swapped/labels');
    await resultsBucket.store.write(labels, 'swapped/labels', 'filename,label\na,0\nb,1\n');
    await assert.rejects(scored('swapped'), /OBJECT_CHANGED in swapped, s, run 1/);
    const key = resultObjects.score('swapped', 's', 1, 1);
    assert.equal(await resultsBucket.store.find(resultsBucket.bucket, key), undefined);
    await resultsBucket.store.write(labels, 'swapped/labels', before);
    assert.equal((await scored('swapped')).kind, 'scored');
  });

  it('score the same run under separate keys', async () => {
    const { store } = resultsBucket;
    const { buckets } = rig.batch.s3;
    const labels = 'filename,label\na,1\nb,0\n';
    const digest = createHash('sha256').update(labels).digest('hex');
    await resultsBucket.freeze(
      'scored',
      { one: ['s'] },
      { labels: { bucket: buckets.labels, key: 'scored/labels', digest } },
    );
    await store.write(buckets.labels, 'scored/labels', labels);
    const predictions = 'filename,label\na,0.5\nb,0.5\n';
    await store.write(buckets.runs, runObjects.predictions('scored/s/2'), predictions);
    const collected = { kind: 'collected', sha256: createHash('sha256').update(predictions).digest('hex') };
    await store.write(buckets.runs, runObjects.outcome('scored/s/2'), JSON.stringify({ predictions: collected }));
    const score = (sequence: number) =>
      rig.call('scoreOutput', { campaign: 'scored', submission: 's', n: 2, sequence });
    const [first, again] = [await score(1), await score(3)];
    assert.equal(first.kind, 'scored');
    assert.deepEqual(
      [first.key, again.key],
      [resultObjects.score('scored', 's', 2, 1), resultObjects.score('scored', 's', 2, 3)],
    );
    assert.equal(again.digest, first.digest);
  });
});
