import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenCampaign, SubmittedImage, Manifest } from '../../src/campaign/model/frozen-campaign.ts';
import { HoldoutError } from '../../src/errors.ts';
import type { CheckedCampaign } from '../../src/intake/checked-campaign.ts';
import { freezeCampaign } from '../../src/intake/freeze-campaign.ts';
import type { IntakeDependencies } from '../../src/intake/dependencies.ts';
import { bucketsOf } from '../../src/settings.ts';
import { StoreRig } from '../ledger/store-rig.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { startRegistry, type TestRegistry } from '../support/images/registry.ts';
import type { FreezeResult } from '../../src/intake/compare-with-started.ts';
import { resultObjects, sealedCampaignObjects } from '../../src/object-keys.ts';
import { sha256 } from '../../src/sha256.ts';

describe('registry references of submissions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-rows-'));
  let rig: StoreRig;
  let registry: TestRegistry;
  let dependencies: IntakeDependencies;
  before(async () => {
    mkdirSync(join(folder, 'inputs'));
    writeFileSync(join(folder, 'inputs/a.mp4'), 'a');
    writeFileSync(join(folder, 'labels.csv'), 'filename,label\na.mp4,1\n');
    rig = await StoreRig.start();
    registry = await startRegistry();
    dependencies = { store: rig.store, buckets: bucketsOf({ bucketPrefix: '' }), report: () => {} };
  });
  after(async () => {
    await registry.close();
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  const moved = (tag: string, to: string): Buffer => {
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config: {}, layers: [], to }));
    registry.put(manifest);
    registry.tag('team/model', tag, manifest);
    return manifest;
  };
  function checkedOf(campaign: string, tags: readonly string[]): CheckedCampaign {
    const { version: _v, testSet: _t, sampleSet: _s, labels: _l, manifest: _m, ...rules } = frozenCampaign();
    return {
      ...rules,
      limits: { ...rules.limits, unpackedBytes: 3 * rules.limits.imageBytes },
      campaign,
      testSet: { kind: 'local', path: join(folder, 'inputs') },
      labels: { kind: 'local', path: join(folder, 'labels.csv') },
      submissions: tags.map((tag) => ({
        submission: `s-${tag}`,
        team: 'one',
        teamName: 'One',
        submittedAt: '2020-03-31T00:00:00.000Z',
        image: { kind: 'registry', reference: `docker://${registry.host}/team/model:${tag}` },
      })),
    };
  }
  const start = (campaign: string, ...tags: string[]): Promise<FreezeResult> =>
    freezeCampaign(dependencies, checkedOf(campaign, tags));
  async function frozenImages(campaign: string): Promise<SubmittedImage[]> {
    const key = resultObjects.manifest(campaign);
    const { teams } = await rig.store.readJson<Manifest>(rig.bucket, key);
    return teams.flatMap(({ submissions }) => submissions.map(({ image }) => image));
  }
  const digestIn = (image: SubmittedImage | undefined): string | undefined =>
    image?.kind === 'registry' ? image.digest : undefined;

  it('are frozen with the recipient of the first start, for whom outputs and logs are sealed', async () => {
    moved('v0', 'sealed');
    const sealedFor = (recipient: string): Promise<FreezeResult> =>
      freezeCampaign({ ...dependencies, sealFor: () => Promise.resolve(recipient) }, checkedOf('for-one', ['v0']));
    assert.equal((await sealedFor('age1first')).frozen.seal, 'age1first');
    assert.equal((await sealedFor('age1second')).frozen.seal, 'age1first');
    assert.ok(await rig.store.exists(rig.bucket, sealedCampaignObjects.key('for-one')), 'a scorer learns of it');
  });

  it('are frozen with their digest, which a moved or removed tag does not change', async () => {
    moved('v1', 'first');
    await start('moving', 'v1');
    const before = await frozenImages('moving');
    assert.match(digestIn(before[0]) ?? '', /^sha256:[0-9a-f]{64}$/);
    moved('v1', 'second');
    const again = await start('moving', 'v1');
    assert.deepEqual(again.appended, []);
    assert.deepEqual(await frozenImages('moving'), before);
    registry.untag('team/model', 'v1');
    assert.deepEqual((await start('moving', 'v1')).appended, []);
  });

  it('get their digest when their row is added later', async () => {
    moved('v2', 'known');
    await start('growing', 'v2');
    moved('v2', 'moved');
    moved('v3', 'new');
    const { appended } = await start('growing', 'v2', 'v3');
    assert.deepEqual(
      appended.map(({ row }) => [row.submission, digestIn(row.image)?.slice(0, 7)]),
      [['s-v3', 'sha256:']],
    );
  });

  it('of campaigns frozen without digests and limits still match', async () => {
    moved('v4', 'old');
    const { frozen } = await start('older', 'v4');
    const { unpackedBytes: _, ...limits } = frozen.limits;
    const manifest = await rig.store.readJson<Manifest>(rig.bucket, resultObjects.manifest('older'));
    const text = JSON.stringify(manifest).replace(/,"digest":"sha256:[0-9a-f]{64}"/, '');
    await rig.store.write(rig.bucket, resultObjects.manifest('older'), text);
    const older: FrozenCampaign = { ...frozen, limits, manifest: { ...frozen.manifest, digest: sha256(text) } };
    await rig.store.write(rig.bucket, resultObjects.campaign('older'), JSON.stringify(older));
    assert.deepEqual((await start('older', 'v4')).appended, []);
  });

  it('count as changed rows with another tag', async () => {
    moved('v5', 'one');
    await start('changed', 'v5');
    const other = checkedOf('changed', ['v5']);
    const [row] = other.submissions;
    moved('v6', 'two');
    const image = { kind: 'registry' as const, reference: `docker://${registry.host}/team/model:v6` };
    const changed = freezeCampaign(dependencies, {
      ...other,
      submissions: row === undefined ? [] : [{ ...row, image }],
    });
    await assert.rejects(changed, (error) => error instanceof HoldoutError && error.code === 'CAMPAIGN_CHANGED');
  });

  it('unknown to the registry are reported together, and nothing is started', async () => {
    moved('v7', 'there');
    await assert.rejects(
      start('unknown', 'v7', 'v8', 'v9'),
      (error) =>
        error instanceof HoldoutError &&
        error.code === 'IMAGE_UNKNOWN' &&
        /does not know 2 images.*\n {2}s-v8: docker:.*:v8\n {2}s-v9: /.test(error.message),
    );
    assert.equal(await rig.store.size(rig.bucket, resultObjects.campaign('unknown')), undefined);
  });
});
