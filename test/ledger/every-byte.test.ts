import assert from 'node:assert/strict';
import { resultObjects, runObjects } from '../../src/object-keys.ts';
import { sha256 } from '../../src/sha256.ts';
import { findsAnyFlippedByte, findsEveryChange } from '../support/campaigns/every-change.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';

const image = `sha256:${'0'.repeat(64)}`;

/** A campaign with an object of every kind: see {@link kinds}. */
async function everything(): Promise<RecordedCampaign> {
  const recorded = new RecordedCampaign(['s', 't', 'u']);
  for (const printed of ['nothing found\n', ''])
    recorded.finding('s', resultObjects.imageScan('case', 's', image, sha256(printed)), printed);
  recorded.finding('s', `${resultObjects.baseFolder('case', 'base', 'measured')}s`, '');
  recorded.finding('u', `${resultObjects.baseFolder('case', 'base', 'saturating')}u`, '');
  await recorded.finish('s');
  const runs = [recorded.run('t', 1, { reason: 'platform-error' }, null)];
  recorded.write(buckets.runs, runObjects.trouble('case/t/1'), '{\n  "version": 1\n}\n');
  recorded.write(buckets.runs, runObjects.log('case/t/1'), 'sealed log');
  recorded.write(buckets.runs, runObjects.predictions('case/t/1'), 'sealed predictions');
  recorded.record('t', { state: 'failed', reason: 'platform-error', runs });
  await recorded.finish('u');
  recorded.ask('s', 2);
  recorded.record('s', { score: await recorded.score('s', 1, 2) });
  recorded.canary({ verdict: { kind: 'holds' }, billedSeconds: 0, costMicroUsd: 0 });
  recorded.unseal('s');
  recorded.publish();
  for (const submission of ['s', 't']) recorded.unseal(submission);
  return recorded;
}

const kinds = [
  'holdout-results/case/scans/s/',
  'holdout-results/case/bases/base/measured/',
  'holdout-results/case/added/',
  'holdout-results/case/acts/1.json',
  'holdout-results/case/ledger/s/2.json',
  'holdout-results/case/scores/s/1-2.json',
  'holdout-results/case/canaries/g4/1.json',
  'holdout-results/case/unsealings/3.json',
  'holdout-results/case/receipts/3-',
  'holdout-results/case/heads.json',
  'holdout-runs/case/t/1/trouble.json',
  'holdout-runs/case/t/1/stdout.log',
  'holdout-runs/case/t/1/predictions.csv',
  'holdout-runs/case/_canary-g4/1/claim',
  'holdout-labels/case/',
  'holdout-inputs/case/',
];

describe('verify, of a record with an object of every kind', () => {
  let recorded: RecordedCampaign;
  before(async () => {
    recorded = await everything();
  });
  const copy = (): RecordCopy => new RecordCopy(recorded.all());

  it('can compare every object with something', async () => {
    const names = [...recorded.all().keys()];
    for (const kind of kinds)
      assert.ok(
        names.some((name) => name.startsWith(kind)),
        `${kind} is among them`,
      );
    const { faults, unchecked } = await recorded.verify();
    assert.deepEqual(
      [faults, unchecked],
      [[], ['the input files and the archives of images; `verify --inputs` checks them too']],
    );
  });

  it('names the object of which any byte was flipped', async () => {
    assert.ok((await findsAnyFlippedByte(copy(), 'case', { times: 8 })) > 30, 'objects with a byte');
  });

  it('names every changed, removed, swapped, cut and added object', async () => {
    const tried = await findsEveryChange(copy(), 'case');
    assert.ok(tried > 250, `${tried} changes`);
  });
});
