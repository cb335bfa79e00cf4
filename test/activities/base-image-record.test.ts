import assert from 'node:assert/strict';
import type { PulledImage } from '../../src/activities/pull-image.ts';
import type { Manifest, Submission } from '../../src/campaign/model/frozen-campaign.ts';
import { runKeyOf } from '../../src/ids.ts';
import { sampleOutcome } from '../batch/sample-outcome.ts';
import { submissionOf } from '../ledger/store-rig.ts';
import { ociEntries, sha256, tarOf } from '../support/images/image-archives.ts';
import { ActivityRig } from './activity-rig.ts';
import { runObjects } from '../../src/object-keys.ts';

const campaign = 'bases';
const probed = Array.from({ length: 10 }, (_, n) => `saturates-${n}`);
/** Twelve submissions on one base, one on another base, and one without a base. */
const layersOf = new Map([
  ...probed.map((name): [string, number] => [name, 3]),
  ['next', 3],
  ['frugal', 3],
  ['other', 2],
  ['bare', 1],
]);

describe('the record of probes on a base image', () => {
  let rig: ActivityRig;
  before(async () => {
    rig = await ActivityRig.start();
    const submissions = await Promise.all([...layersOf].map(([name, layers]) => handedIn(name, layers)));
    const manifest: Manifest = { version: 1, teams: [{ team: 'one', teamName: 'one', submissions }] };
    await rig.results.freezeRows(campaign, manifest);
  });
  after(() => rig.stop());

  async function handedIn(name: string, layers: number): Promise<Submission> {
    const archive = await tarOf(await ociEntries({ layers, text: name }));
    const place = { bucket: rig.batch.s3.buckets.images, key: `${campaign}/${name}.tar` };
    await rig.results.store.write(place.bucket, place.key, archive);
    return { ...submissionOf('one', name), image: { kind: 'archive', ...place, sha256: sha256(archive) } };
  }
  async function pull(submission: string): Promise<Extract<PulledImage, { kind: 'pulled' }>> {
    const pulled = await rig.call('pullImage', { campaign, submission });
    return pulled.kind === 'pulled' ? pulled : assert.fail(pulled.why);
  }
  async function probe(submission: string, peakMiB: number): Promise<void> {
    const { base } = await pull(submission);
    const runKey = runKeyOf(campaign, submission, 1);
    const outcome = sampleOutcome(runKey, 'job', { kind: 'exited', exitCode: 0 });
    const device = { totalMiB: 100, peakMiB, driver: 'emulated' };
    const { runs } = rig.batch.s3.buckets;
    await rig.results.store.write(runs, runObjects.outcome(runKey), JSON.stringify({ ...outcome, device }));
    const profile = await rig.call('probeGpuMemory', { campaign, submission, n: 1, class: 'g4', base });
    assert.equal(profile?.saturating, peakMiB >= 95);
  }

  it('is shared only by images on the same layers', async () => {
    const [one, next, other, bare] = await Promise.all([probed[0] ?? '', 'next', 'other', 'bare'].map(pull));
    assert.equal(one?.base, next?.base);
    assert.notEqual(one?.base, other?.base);
    assert.notEqual(one?.digest, next?.digest);
    assert.equal(bare?.base, null);
  });

  it('saves the eleventh image a probe after ten saturated the GPU, however often one of them was probed', async () => {
    for (const submission of probed.slice(0, 9)) await probe(submission, 100);
    await probe(probed[0] ?? '', 95);
    assert.equal((await pull('next')).probeInVain, false);
    await probe(probed[9] ?? '', 95);
    assert.equal((await pull('next')).probeInVain, true);
    assert.equal((await pull('other')).probeInVain, false);
    assert.equal((await pull('bare')).probeInVain, false);
  });

  it('saves no probe once an image on that base did not saturate the GPU', async () => {
    await probe('frugal', 94);
    assert.equal((await pull('next')).probeInVain, false);
  });
});
