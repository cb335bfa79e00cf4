import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { CheckedObjects } from '../../src/ledger/verification/checked-objects.ts';
import { Findings } from '../../src/ledger/verification/findings.ts';
import { verifyCampaign } from '../../src/ledger/verification/verify-campaign.ts';
import { resultObjects, runObjects } from '../../src/object-keys.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';

/** What JSON of the record says, for tests that change it. */
type Fields = Record<string, unknown>;

/** The campaign of one finished submission, and changes to its objects that keep their form. */
class ChangedCampaign {
  readonly recorded = new RecordedCampaign(['s']);
  private readonly removed: Record<string, undefined> = {};

  static async published(): Promise<ChangedCampaign> {
    const changed = new ChangedCampaign();
    await changed.recorded.finish('s');
    changed.recorded.publish();
    return changed;
  }

  /** `indent`: as Holdout writes the object. */
  edit(bucket: string, key: string, change: (fields: Fields) => void, indent = 2): void {
    const body = this.recorded.all().get(`${bucket}/${key}`);
    assert.ok(body, `there is ${bucket}/${key}`);
    const fields = JSON.parse(body.toString()) as Fields;
    change(fields);
    this.recorded.write(bucket, key, `${JSON.stringify(fields, null, indent)}\n`);
  }

  editRun(object: 'spec' | 'outcome', change: (fields: Fields) => void): void {
    this.edit(buckets.runs, runObjects[object]('case/s/1'), change);
  }

  editRecord(change: (fields: Fields) => void): void {
    this.edit(buckets.results, resultObjects.ledger('case', 's', 1), change);
  }

  remove(bucket: string, key: string): void {
    this.removed[`${bucket}/${key}`] = undefined;
  }

  async faults(): Promise<string[]> {
    const copy = new RecordCopy(this.recorded.all()).with(this.removed);
    const sealKeys = new SealKeys(undefined);
    const { faults } = await verifyCampaign(copy, {
      campaign: 'case',
      buckets,
      inputs: false,
      outputs: true,
      sealKeys,
    });
    return faults.map(({ key, what }) => `${key}: ${what}`);
  }
}

const runIn = (fields: Fields): Fields => (fields['runs'] as Fields[])[0] ?? assert.fail('there is a run');

/** Changes, and what `verify` says of each beside the digests that no longer fit. */
const changes: Record<string, readonly [says: RegExp, change: (campaign: ChangedCampaign) => void]> = {
  'a spec of another run': [
    /spec\.json: `runKey` is not case\/s\/1/,
    (c) => c.editRun('spec', (spec) => (spec['runKey'] = 'case/t/1')),
  ],
  'a spec of another purpose': [
    /spec\.json: `purpose` is not evaluation/,
    (c) => c.editRun('spec', (spec) => (spec['purpose'] = 'probe')),
  ],
  'a spec of another class': [
    /spec\.json: `instanceClass` is not g4/,
    (c) => c.editRun('spec', (spec) => (spec['instanceClass'] = { name: 'p3' })),
  ],
  'a spec with other inputs': [
    /spec\.json: `inputs` are not those of campaign\.json/,
    (c) => c.editRun('spec', (spec) => (spec['inputs'] = { digest: 'other' })),
  ],
  'a spec of another image': [
    /spec\.json: `image` is not the one that the ledger names/,
    (c) => c.editRun('spec', (spec) => (spec['image'] = { digest: 'sha256:1' })),
  ],
  'an outcome of another run': [
    /outcome\.json: `runKey` is not case\/s\/1/,
    (c) => c.editRun('outcome', (outcome) => (outcome['runKey'] = 'case/t/1')),
  ],
  'an outcome without its predictions': [
    /predictions\.csv: outcome\.json says that the run left no predictions/,
    (c) => c.editRun('outcome', (outcome) => (outcome['predictions'] = { kind: 'missing' })),
  ],
  'a record of another round': [
    /ledger\/s\/1\.json: `sequence` is 3, and its key says 1/,
    (c) => c.editRecord((record) => (record['sequence'] = 3)),
  ],
  'a record of another team': [
    /ledger\/s\/1\.json: `team` is not the one of the submission/,
    (c) => c.editRecord((record) => (record['team'] = 't')),
  ],
  'a record of a class that there is not': [
    /ledger\/s\/1\.json: run 1 has an unknown class/,
    (c) => c.editRecord((record) => (runIn(record)['class'] = 'z9')),
  ],
  'another cost': [
    /ledger\/s\/1\.json: `costMicroUsd` of run 1 is not \d+/,
    (c) => c.editRecord((record) => (runIn(record)['costMicroUsd'] = 1)),
  ],
  'the key of another score': [
    /ledger\/s\/1\.json: `score\.key` is not that of a successful evaluation/,
    (c) => c.editRecord((record) => ((record['score'] as Fields)['key'] = resultObjects.score('case', 't', 1, 1))),
  ],
  'a record without a list of runs': [
    /ledger\/s\/: its records cannot be understood/,
    (c) => c.editRecord((record) => (record['runs'] = 1)),
  ],
  'a score of another run': [
    /scores\/s\/1\.json: `runKey` is not case\/s\/1/,
    (c) => c.edit(buckets.results, resultObjects.score('case', 's', 1, 1), (file) => (file['runKey'] = 'case/t/1')),
  ],
  'another score': [
    /scores\/s\/1\.json: byte \d+ differs from the score that follows from the predictions/,
    (c) =>
      c.edit(buckets.results, resultObjects.score('case', 's', 1, 1), (file) => {
        (file['result'] as Fields)['score'] = 0.5;
      }),
  ],
  'a command of another number': [
    /acts\/1\.json: `sequence` is 7, and its key says 1/,
    (c) => {
      c.recorded.ask('s', 2);
      c.edit(buckets.results, resultObjects.act('case', 1), (act) => (act['sequence'] = 7));
    },
  ],
  'the name of another campaign': [
    /case\/campaign\.json: `campaign` is not case/,
    (c) => c.edit(buckets.results, resultObjects.campaign('case'), (frozen) => (frozen['campaign'] = 'other'), 1),
  ],
  'a campaign without its manifest': [
    /case\/: its objects cannot be understood/,
    (c) => c.edit(buckets.results, resultObjects.campaign('case'), (frozen) => delete frozen['manifest'], 1),
  ],
  'a canary of a class that there is not': [
    /canaries\/z9\/1\.json: its class z9 is unknown/,
    (c) => {
      const canary = { version: 1, campaign: 'case', class: 'z9', n: 1, jobId: 'job', verdict: { kind: 'holds' } };
      const body = `${JSON.stringify({ ...canary, billedSeconds: 0, costMicroUsd: 0 }, null, 2)}\n`;
      c.recorded.write(buckets.results, resultObjects.canary('case', 'z9', 1), body);
    },
  ],
  'removed predictions': [
    /predictions\.csv: it is missing; outcome\.json names it/,
    (c) => c.remove(buckets.runs, runObjects.predictions('case/s/1')),
  ],
  'a removed newest record': [
    /ledger\/s\/1\.json: the publication had 1 records by heads\.json, and there are 0/,
    (c) => c.remove(buckets.results, resultObjects.ledger('case', 's', 1)),
  ],
  'a publication with a field that nobody knows': [
    /heads\.json: `more` is no field of it/,
    (c) => c.edit(buckets.results, resultObjects.heads('case'), (heads) => (heads['more'] = 1)),
  ],
  'a publication of another version': [
    /heads\.json: `version` is not 1/,
    (c) => c.edit(buckets.results, resultObjects.heads('case'), (heads) => (heads['version'] = 2)),
  ],
  'a published table of other rows': [
    /leaderboard\.csv: byte \d+ differs from what follows from the record: the number of rows/,
    (c) => c.recorded.write(buckets.results, resultObjects.leaderboard('case'), 'rank\n1\n2\n'),
  ],
  'a published table that is none': [
    /leaderboard\.csv: byte \d+ differs from what follows from the record: it is no table/,
    (c) => c.recorded.write(buckets.results, resultObjects.leaderboard('case'), 'a,"b\n'),
  ],
  'published results that are no JSON': [
    /results\.json: byte \d+ differs from what follows from the record: it is not a JSON object/,
    (c) => c.recorded.write(buckets.results, resultObjects.results('case'), '{\n'),
  ],
};

describe('verify says what was changed', () => {
  it('and nothing of a record as Holdout wrote it', async () => {
    assert.deepEqual(await (await ChangedCampaign.published()).faults(), []);
  });

  for (const [what, [says, change]] of Object.entries(changes)) {
    it(what, async () => {
      const changed = await ChangedCampaign.published();
      change(changed);
      const faults = await changed.faults();
      assert.ok(
        faults.some((fault) => says.test(fault)),
        `${says} is not among ${faults.join('\n')}`,
      );
    });
  }

  it('bytes that the server itself no longer recognises', async () => {
    const findings = new Findings();
    const failing = () => Promise.resolve(Readable.from(failsLate(), { objectMode: false }));
    const unused = (): never => assert.fail('it is only streamed');
    const source = { list: unused, listSizes: unused, find: unused, stream: failing };
    await new CheckedObjects(source, findings).stream('runs', 'key', { sha256: 'x', namedBy: 'outcome.json' });
    assert.deepEqual(
      findings.faults.map(({ what }) => what),
      ['its bytes do not fit the checksum that S3 has of them'],
    );
  });
});

async function* failsLate(): AsyncGenerator<Buffer> {
  yield Buffer.from('some');
  await Promise.resolve();
  throw new Error('Checksum mismatch: expected "a" but received "b" in response header "x-amz-checksum-crc32".');
}
