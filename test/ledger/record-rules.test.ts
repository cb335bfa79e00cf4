import assert from 'node:assert/strict';
import { readCampaignRecord } from '../../src/ledger/campaign-record.ts';
import { misplacedCommand, misplacedRecord } from '../../src/ledger/chain-rules.ts';
import { readScore } from '../../src/ledger/checked-score.ts';
import { resultObjects } from '../../src/object-keys.ts';
import type { Bucket, ObjectStore } from '../../src/s3/object-store.ts';
import { sha256 } from '../../src/sha256.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';
import { acceptedCommand, record, run } from './store-rig.ts';

const first = { campaign: 'case', submission: 's', sequence: 1, predecessor: null };

describe('the rules of a chain', () => {
  const right = record('case', 's', { runs: [run(1)] });
  /** What is wrong with a record of which Holdout never wrote these fields. */
  const faultOf = (changes: object): string => misplacedRecord({ ...right, ...changes }, first) ?? '';

  it('let a record begin with no predecessor, and with nothing else', () => {
    assert.equal(faultOf({}), '');
    assert.match(faultOf({ predecessor: sha256('another') }), /`predecessor` is not null, and there is no record/);
  });

  it('need the runs, the score and the state of a record', () => {
    assert.match(faultOf({ runs: null }), /`runs` is not a list/);
    for (const name of ['score', 'state'])
      assert.match(faultOf({ [name]: undefined }), /`score` or `state` is missing/);
  });

  it('need the message of a command, unless it was refused', () => {
    const command = { ...acceptedCommand(null), ...first };
    const faultOfMessage = (message: unknown): string => misplacedCommand({ ...command, message }, first) ?? '';
    assert.equal(faultOfMessage(null), '');
    for (const message of [undefined, 'pause', {}, { message: null }])
      assert.match(faultOfMessage(message), /`message` is not that of a command/);
  });
});

/** The results bucket of a campaign in memory, as far as its record is read. */
const resultsOf = (copy: RecordCopy): Bucket => {
  const read = async (bucket: string, key: string): Promise<Buffer> =>
    (await copy.find(bucket, key)) ?? assert.fail(`there is no ${bucket}/${key}`);
  const store = {
    find: (bucket: string, key: string) => copy.find(bucket, key),
    list: (bucket: string, prefix: string) => copy.list(bucket, prefix),
    read,
    readJson: async (bucket: string, key: string) => JSON.parse((await read(bucket, key)).toString()) as unknown,
    findJson: async (bucket: string, key: string) => {
      const body = await copy.find(bucket, key);
      return body && (JSON.parse(body.toString()) as unknown);
    },
  };
  return { store: store as unknown as ObjectStore, bucket: buckets.results };
};

describe('a record that is read', () => {
  it('refuses a score that names the run of another submission, though the ledger names its digest', async () => {
    const body = `${JSON.stringify({ version: 1, runKey: 'case/t/1', metric: 'log-loss', predictions: 'p', result: {} })}\n`;
    const key = resultObjects.score('case', 's', 1, 1);
    const results = resultsOf(new RecordCopy(new Map([[`${buckets.results}/${key}`, Buffer.from(body)]])));
    const scored = record('case', 's', { runs: [run(1)], score: { key, digest: sha256(body) } });
    await assert.rejects(readScore(results, [scored], scored), {
      code: 'RECORD_CHANGED',
      message: /scores\/s\/1\.json.*`runKey` is not case\/s\/1/,
    });
    const elsewhere = { ...scored, score: { key: resultObjects.score('case', 't', 1, 1), digest: sha256(body) } };
    await assert.rejects(readScore(results, [elsewhere], elsewhere), {
      code: 'RECORD_CHANGED',
      message: /ledger\/s\/1\.json.*`score\.key` is not that of a successful evaluation/,
    });
  });

  it('refuses the record of a canary that was changed since a publication', async () => {
    const recorded = new RecordedCampaign(['s']);
    await recorded.finish('s');
    recorded.canary({ verdict: { kind: 'holds' }, billedSeconds: 0, costMicroUsd: 0 });
    recorded.publish();
    const intact = await readCampaignRecord(resultsOf(new RecordCopy(recorded.all())), recorded.frozen);
    assert.equal(intact.canaries.length, 1);
    const key = resultObjects.canary('case', 'g4', 1);
    const [body] = [...recorded.all()].flatMap(([name, found]) => (name.endsWith(key) ? [found.toString()] : []));
    recorded.write(buckets.results, key, (body ?? '').replace('"costMicroUsd": 0', '"costMicroUsd": 1'));
    await assert.rejects(readCampaignRecord(resultsOf(new RecordCopy(recorded.all())), recorded.frozen), {
      code: 'RECORD_CHANGED',
      message: /canaries\/g4\/1\.json.*not the record that heads\.json names/,
    });
  });
});
