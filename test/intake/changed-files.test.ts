import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitOfError, exitStatus } from '../../src/client/exit-status.ts';
import { HoldoutError } from '../../src/errors.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import type { FreezeResult } from '../../src/intake/compare-with-started.ts';
import { freezeCampaign } from '../../src/intake/freeze-campaign.ts';
import type { ObjectStore } from '../../src/s3/object-store.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { bucketsOf } from '../../src/settings.ts';
import { StoreRig } from '../ledger/store-rig.ts';
import { CampaignFolders } from './campaign-folders.ts';

/** One submission with an archive, so that no registry is asked. */
const submissions = 'team,teamName,submission,image,submittedAt\nteam-42,One,s-1,images/one.tar,2020-03-31\n';

describe('files of a campaign that change', () => {
  const folders = new CampaignFolders();
  const buckets = bucketsOf({ bucketPrefix: '' });
  let rig: StoreRig;
  before(async () => (rig = await StoreRig.start()));
  after(async () => {
    await rig.stop();
    folders.remove();
  });

  let campaign: string;
  let count = 0;
  /** A campaign of its own: its file, and where its other files are. */
  function written(): { file: string; at: (name: string) => string } {
    campaign = `changing-${(count += 1)}`;
    const file = folders.write({ 'submissions.csv': submissions });
    const folder = dirname(file);
    return { file, at: (name) => join(folder, name) };
  }

  interface Moments {
    /** After the file was checked, when the servers start. */
    checked?: () => void;
    /** Before a file is uploaded whose digest was taken. */
    hashed?: () => void;
  }
  async function handIn(file: string, { checked, hashed }: Moments = {}): Promise<FreezeResult> {
    const { submissions: rows, ...rest } = await checkCampaign(file, new Date());
    checked?.();
    let isDone = false;
    const once = (): void => {
      if (!isDone) hashed?.();
      isDone = true;
    };
    const upload: ObjectStore['upload'] = (bucket, ...object) => {
      if (bucket === buckets.images) once();
      return rig.store.upload(bucket, ...object);
    };
    const store = Object.assign(Object.create(rig.store) as ObjectStore, { upload });
    return freezeCampaign(
      { store, buckets, report: () => undefined },
      { ...rest, campaign, submissions: rows.filter(({ image }) => image.kind === 'archive') },
    );
  }
  async function refused(handingIn: Promise<unknown>, code: string): Promise<string> {
    const error = await handingIn.then(
      () => assert.fail('it was handed in'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof HoldoutError, String(error));
    assert.deepEqual([error.code, exitOfError(error)], [code, exitStatus.badInput], error.message);
    return error.message;
  }
  const isStarted = (): Promise<boolean> => rig.store.exists(buckets.results, resultObjects.campaign(campaign));

  const changes: Record<string, [moment: keyof Moments, change: (at: (name: string) => string) => void, RegExp]> = {
    'archive vanishes after the check': [
      'checked',
      (at) => rmSync(at('images/one.tar')),
      /^The archive of s-1 changed after .*: .*images\/one\.tar does not exist$/,
    ],
    'archive vanishes before it is uploaded': [
      'hashed',
      (at) => rmSync(at('images/one.tar')),
      /^The archive of s-1 .*images\/one\.tar does not exist$/,
    ],
    'archive becomes a folder’s entry': [
      'checked',
      (at) => renameSync(at('images'), at('elsewhere')),
      /^The archive of s-1 .*images\/one\.tar does not exist$/,
    ],
    'archive grows while it is uploaded': [
      'hashed',
      (at) => appendFileSync(at('images/one.tar'), 'more'),
      /^The archive of s-1 .*images\/one\.tar changes while it is read$/,
    ],
    'labels vanish': [
      'checked',
      (at) => rmSync(at('private/labels.csv')),
      /^The labels changed after the campaign file was checked: .*private\/labels\.csv does not exist$/,
    ],
    'labels change': [
      'checked',
      (at) => writeFileSync(at('private/labels.csv'), 'filename,label\na.mp4,1\nb.mp4,1\n'),
      /^The labels .*private\/labels\.csv has other bytes$/,
    ],
    'an input vanishes': [
      'checked',
      (at) => rmSync(at('private/inputs/b.mp4')),
      /^The test set .*private\/inputs: "b\.mp4" gone$/,
    ],
    'an input is added': [
      'checked',
      (at) => writeFileSync(at('public/sample/z.mp4'), ''),
      /^The sample set .*public\/sample: "z\.mp4" added$/,
    ],
    'the inputs vanish': [
      'checked',
      (at) => rmSync(at('private/inputs'), { recursive: true }),
      /^The test set .*private\/inputs does not exist$/,
    ],
  };
  for (const [what, [moment, change, message]] of Object.entries(changes)) {
    it(`are named before anything starts, and are handed in once they are back: ${what}`, async () => {
      const { file, at } = written();
      const said = await refused(handIn(file, { [moment]: () => change(at) }), 'HAND_IN_CHANGED');
      assert.match(said, message);
      assert.equal(await isStarted(), false);
      const again = written();
      campaign = `changing-${count - 1}`;
      const { frozen } = await handIn(again.file);
      assert.equal(frozen.manifest.submissions, 1);
    });
  }

  it('keep the digest of what was checked: labels that change and change back continue the same campaign', async () => {
    const { file, at } = written();
    const { frozen } = await handIn(file);
    const labels = at('private/labels.csv');
    renameSync(labels, `${labels}.kept`);
    writeFileSync(labels, 'filename,label\na.mp4,1\nb.mp4,1\n');
    const { bucket, key } = frozen.labels;
    assert.equal(
      (await refused(handIn(file), 'CAMPAIGN_CHANGED')).split('\n').slice(1).join('\n'),
      `  inputs.labels: the file has other bytes than s3://${bucket}/${key}, the campaign’s`,
    );
    renameSync(`${labels}.kept`, labels);
    assert.deepEqual((await handIn(file)).appended, []);
  });

  it('are named by what differs from a started campaign, and where its own are', async () => {
    const { file, at } = written();
    const { frozen } = await handIn(file);
    writeFileSync(at('private/inputs/a.mp4'), 'other');
    writeFileSync(at('public/sample/z.mp4'), 'new');
    rmSync(at('public/sample/a.mp4'));
    appendFileSync(at('images/one.tar'), 'other');
    const [, ...lines] = (await refused(handIn(file), 'CAMPAIGN_CHANGED')).split('\n');
    assert.deepEqual(lines.slice(0, 2), [
      `  inputs.testSet: "a.mp4" with other bytes; the campaign’s are below s3://${frozen.testSet.files.bucket}/${frozen.testSet.files.prefix}`,
      `  inputs.sampleSet: "a.mp4" gone; "z.mp4" added; the campaign’s are below s3://${frozen.sampleSet?.files.bucket}/${frozen.sampleSet?.files.prefix}`,
    ]);
    assert.match(
      lines[2] ?? '',
      new RegExp(
        `^ {2}s-1: the archive has other bytes than s3://${buckets.images}/${campaign}/\\S+\\.tar, the campaign’s$`,
      ),
    );
    assert.equal(lines.length, 3);
  });

  it('pass errors of S3 as they are', async () => {
    const { file } = written();
    const { submissions: rows, ...rest } = await checkCampaign(file, new Date());
    const elsewhere = { ...buckets, labels: 'no-such-bucket' };
    const handingIn = freezeCampaign(
      { store: rig.store, buckets: elsewhere, report: () => undefined },
      { ...rest, campaign, submissions: rows },
    );
    await assert.rejects(handingIn, { name: 'NoSuchBucket' });
  });

  it('are named when an object in S3 that the file names is missing', async () => {
    const { file } = written();
    const checked = await checkCampaign(file, new Date());
    const image = { kind: 's3' as const, bucket: buckets.images, key: 'missing.tar' };
    const rows = checked.submissions.map((row) => ({ ...row, image }));
    const handingIn = freezeCampaign(
      { store: rig.store, buckets, report: () => undefined },
      { ...checked, campaign, submissions: rows },
    );
    assert.match(await refused(handingIn, 'HAND_IN_CHANGED'), /^The archive of s-1 .*missing\.tar/);
  });
});
