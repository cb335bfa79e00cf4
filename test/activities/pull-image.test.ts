import assert from 'node:assert/strict';
import type { ApplicationFailure } from '@temporalio/activity';
import type { PulledImage } from '../../src/activities/pull-image.ts';
import type { Manifest } from '../../src/campaign/model/frozen-campaign.ts';
import type { HoldoutError } from '../../src/errors.ts';
import { type LocatedRow, withDigests } from '../../src/intake/upload-images.ts';
import { submissionOf } from '../ledger/store-rig.ts';
import { tarOf } from '../support/images/image-archives.ts';
import { layersOf, OciBuilder } from '../support/images/oci-builder.ts';
import { startRegistry, type TestRegistry } from '../support/images/registry.ts';
import { sha256 } from '../../src/sha256.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { ActivityRig } from './activity-rig.ts';

const campaign = 'registries';
const nothing = `sha256:${'0'.repeat(64)}`;

describe('an image that a submission hands in as an archive', () => {
  let rig: ActivityRig;
  before(async () => (rig = await ActivityRig.start()));
  after(() => rig.stop());

  it('is the frozen one: another under its key is not copied, until the first is back', async () => {
    const { store } = rig.results;
    const bucket = rig.batch.s3.buckets.images;
    const archiveOf = async (text: string): Promise<Buffer> => {
      const builder = new OciBuilder();
      return tarOf(builder.entries([builder.image(await layersOf(text))]));
    };
    const [archive, other] = [await archiveOf('of the team'), await archiveOf('of somebody else')];
    const image = { kind: 'archive', bucket, key: 'archives/s.tar', sha256: sha256(archive) } as const;
    const submissions = [{ ...submissionOf('one', 's'), image }];
    await rig.results.freezeRows('archives', { version: 1, teams: [{ team: 'one', teamName: 'one', submissions }] });
    await store.write(bucket, image.key, other);
    const input = { campaign: 'archives', submission: 's' };
    await assert.rejects(rig.activities.pullImage(input), /OBJECT_CHANGED in archives, s/);
    await store.write(bucket, image.key, archive);
    assert.equal((await rig.call('pullImage', input)).kind, 'pulled');
  });
});

describe('an image that a submission names by its reference in a registry', () => {
  let rig: ActivityRig;
  let registry: TestRegistry;
  before(async () => {
    rig = await ActivityRig.start();
    registry = await startRegistry();
    for (const repository of ['moves', 'private']) await push(repository, 'at hand-in');
    const pinned = await withDigests(['moves', 'private'].map(rowOf));
    const gone = { ...submissionOf('one', 'gone'), image: { ...imageOf('moves'), digest: nothing } };
    const submissions = [...pinned.map(({ row }) => row), gone];
    const manifest: Manifest = { version: 1, teams: [{ team: 'one', teamName: 'one', submissions }] };
    await rig.results.freezeRows(campaign, manifest);
    for (const onFinding of ['refuse', 'flag'] as const) {
      const command = ['sh', '-c', 'echo a name from the image; exit 1'];
      await rig.results.freezeRows(onFinding, manifest, { scan: { command, onFinding } });
    }
  });
  after(async () => {
    await registry.close();
    await rig.stop();
  });

  const imageOf = (repository: string): { kind: 'registry'; reference: string } => ({
    kind: 'registry',
    reference: `docker://${registry.host}/${repository}:latest`,
  });
  const rowOf = (name: string): LocatedRow => ({
    row: { ...submissionOf('one', name), image: imageOf(name) },
    location: imageOf(name),
  });
  /** Pushes an image that contains this text with the tag `latest`. */
  async function push(repository: string, text: string): Promise<void> {
    const builder = new OciBuilder();
    const { digest } = builder.image(await layersOf(text));
    for (const content of builder.blobs.values()) registry.put(content);
    registry.tag(repository, 'latest', builder.blobs.get(`blobs/sha256/${digest.slice(7)}`) ?? assert.fail(digest));
  }
  const pull = (submission: string): Promise<PulledImage> => rig.call('pullImage', { campaign, submission });

  it('is the frozen one, wherever its tag has moved since', async () => {
    const before = await pull('moves');
    await push('moves', 'afterwards');
    assert.equal(before.kind, 'pulled');
    assert.deepEqual(await pull('moves'), before);
  });

  it('is an error with a clear message while the registry demands credentials, and can be pulled later', async () => {
    const why = `the registry requires credentials or has no such image. Check the name, or run "skopeo login ${registry.host}" on the workers' machines.`;
    const isPlain = ({ code, message }: HoldoutError): boolean =>
      code === 'IMAGE_COPY_FAILED' &&
      /^The image docker:\S+ could not be copied: /.test(message) &&
      message.endsWith(why);
    registry.hide('private', true);
    await assert.rejects(
      rig.activities.pullImage({ campaign, submission: 'private' }),
      ({ type, message, details, nonRetryable }: ApplicationFailure) =>
        type === 'IMAGE_COPY_FAILED' &&
        /^IMAGE_COPY_FAILED in \w+, private; /.test(message) &&
        /^the worker’s log has the cause as x\w{6}$/.test(String(details?.[0])) &&
        !nonRetryable,
    );
    await assert.rejects(withDigests([rowOf('private')]), isPlain);
    registry.hide('private', false);
    assert.equal((await pull('private')).kind, 'pulled');
  });

  it('is refused in one sentence if the registry no longer has it', async () => {
    assert.deepEqual(await pull('gone'), { kind: 'refused', why: `the registry no longer has ${nothing}` });
  });

  it('does not reach the store if the host refuses what its scanner finds, and else carries a note', async () => {
    const stored = await pull('moves');
    const digest = stored.kind === 'pulled' ? stored.digest : assert.fail(stored.why);
    const { bucket, store } = rig.results;
    const printed = 'a name from the image\nexit status 1';
    const report = (name: string): string => resultObjects.imageScan(name, 'moves', digest, sha256(printed));
    const refused = await rig.call('pullImage', { campaign: 'refuse', submission: 'moves' });
    assert.deepEqual(refused, {
      kind: 'refused',
      why: `the host’s scanner found something: s3://${bucket}/${report('refuse')}; no run was started`,
      byHost: true,
    });
    assert.equal(String(await store.read(bucket, report('refuse'))), printed);
    const { scan, ...flagged } = (await rig.call('pullImage', {
      campaign: 'flag',
      submission: 'moves',
    })) as typeof stored & {
      scan?: string;
    };
    assert.equal(scan, `the host’s scanner found something: s3://${bucket}/${report('flag')}`);
    assert.deepEqual(Object.keys(flagged), Object.keys(stored));
  });
});
