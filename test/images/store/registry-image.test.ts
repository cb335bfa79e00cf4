import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldoutError } from '../../../src/errors.ts';
import { ImageStore } from '../../../src/images/store/image-store.ts';
import { inspectFolder } from '../../../src/images/inspect-archive.ts';
import { digestOf, fetchImage } from '../../../src/images/store/registry-image.ts';
import { whyNot } from '../../../src/registry/registry-errors.ts';
import { skopeo } from '../../../src/images/store/skopeo.ts';
import { GateRig } from '../../support/images/gate-rig.ts';
import { dockerEntries, ociEntries, sha256, tarOf } from '../../support/images/image-archives.ts';
import { docker, layersOf, OciBuilder, type Descriptor, type Fields } from '../../support/images/oci-builder.ts';
import { startRegistry, type TestRegistry } from '../../support/images/registry.ts';

const limits = { imageBytes: 2 ** 20, unpackedBytes: 2 ** 21 };

describe('images in a registry', () => {
  let registry: TestRegistry;
  let rig: GateRig;
  let store: ImageStore;
  before(async () => {
    rig = await GateRig.start();
    registry = await startRegistry();
    store = new ImageStore(`docker://${registry.host}/holdout`);
  });
  after(async () => {
    await registry.close();
    await rig.stop();
  });

  const there = (tag: string): string => `docker://${registry.host}/team/model:${tag}`;
  /** Pushes everything built to the registry, and tags the manifest that `top` describes. */
  function push(builder: OciBuilder, tag: string, top: Descriptor): void {
    for (const content of builder.blobs.values()) registry.put(content);
    registry.tag(`team/model`, tag, builder.blobs.get(`blobs/sha256/${top.digest.slice(7)}`) ?? Buffer.alloc(0));
  }
  const imageOf = async (builder: OciBuilder, text: string, fields: Fields = {}): Promise<Descriptor> =>
    builder.image(await layersOf(text), { fields });
  async function fetched(tag: string): Promise<{ digest: string; bringing: Awaited<ReturnType<typeof fetchImage>> }> {
    const folder = await rig.fresh();
    const digest = (await digestOf(there(tag))) ?? assert.fail('unknown');
    const bringing = await fetchImage(there(tag), digest, limits, folder);
    if (bringing.kind === 'refused') return { digest, bringing };
    const result = await inspectFolder(folder, { limits, into: await rig.fresh() });
    return result.kind === 'accepted'
      ? { digest: result.digest, bringing }
      : { digest, bringing: { kind: 'refused', why: result.why } };
  }
  const digestInArchive = async (builder: OciBuilder, image: Descriptor): Promise<string> =>
    (await rig.accepted(await tarOf(builder.entries([image])))).digest;

  it('are stored under a reference by digest and sent only once', async () => {
    for (const entries of [await ociEntries({ layers: 2 }), await dockerEntries({ layers: 2, text: 'plain layers' })]) {
      const { layout, digest } = await rig.accepted(await tarOf(entries));
      const stored = await store.put(layout, digest, 'campaign/submission');
      assert.deepEqual(stored, { kind: 'pulled', reference: `docker://${registry.host}/holdout@${digest}`, digest });
      const raw = await skopeo('inspect', '--raw', stored.reference);
      assert.equal(raw.kind === 'done' && `sha256:${sha256(raw.stdout)}`, digest);
      const pushes = registry.pushes();
      assert.deepEqual(await store.put(layout, digest, 'campaign/submission'), stored);
      assert.equal(registry.pushes(), pushes);
    }
  });

  it('have the digest of their bytes, also where these are no text', async () => {
    const manifest = Buffer.from('{"schemaVersion":2,"config":{},"layers":[],"note":"\u00ff"}', 'latin1');
    registry.put(manifest);
    registry.tag('team/model', 'bytes', manifest);
    assert.equal(await digestOf(there('bytes')), `sha256:${sha256(manifest)}`);
  });

  it('give the same result as in an archive, alone and in an index', async () => {
    const builder = new OciBuilder();
    const amd64 = { platform: { os: 'linux', architecture: 'amd64' } };
    const image = await imageOf(builder, 'alone', amd64);
    const arm64 = { ...(await imageOf(builder, 'arm')), platform: { os: 'linux', architecture: 'arm64' } };
    const attestation = {
      ...(await imageOf(builder, 'about it')),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const expected = await digestInArchive(builder, image);
    push(builder, 'alone', image);
    assert.equal((await fetched('alone')).digest, expected);
    push(builder, 'index', builder.index([arm64, attestation, builder.index([image])], { mediaType: docker.index }));
    push(builder, 'flat', builder.index([arm64, attestation, image]));
    assert.equal((await fetched('flat')).digest, expected);
  });

  it('do not move with their tag: the version at submission is fetched', async () => {
    const builder = new OciBuilder();
    const before = await imageOf(builder, 'before');
    push(builder, 'moving', before);
    const digest = (await digestOf(there('moving'))) ?? '';
    assert.equal(digest, before.digest);
    push(builder, 'moving', await imageOf(builder, 'after'));
    const folder = await rig.fresh();
    assert.deepEqual(await fetchImage(there('moving'), digest, limits, folder), { kind: 'fetched' });
    const inspected = await inspectFolder(folder, { limits, into: await rig.fresh() });
    assert.equal(inspected.kind === 'accepted' && inspected.digest, await digestInArchive(builder, before));
    assert.equal(await digestOf(`${there('moving')}@${digest}`), digest);
  });

  it('are refused with a sentence: other machines, several, foreign layers, too large, too old, incomplete', async () => {
    const builder = new OciBuilder();
    const one = await imageOf(builder, 'one');
    const two = await imageOf(builder, 'two');
    const on = (image: Descriptor, architecture: string): Descriptor => ({
      ...image,
      platform: { os: 'linux', architecture },
    });
    const elsewhere = { urls: ['http://127.0.0.1:9/layer'] };
    const foreign = builder.image((await layersOf('three')).map((layer) => ({ ...layer, fields: elsewhere })));
    const incomplete = builder.put({
      schemaVersion: 2,
      config: { digest: `sha256:${'0'.repeat(64)}`, size: 2 },
      layers: [],
    });
    const nested = Array.from({ length: 9 }).reduce<Descriptor>((inner) => builder.index([on(inner, 'amd64')]), one);
    const damaged = builder.put(Buffer.from('no JSON'));
    for (const [tag, top, why] of [
      ['arm', builder.index([on(one, 'arm64'), on(two, 's390x')]), /names images for linux\/arm64, linux\/s390x/],
      ['several', builder.index([on(one, 'amd64'), on(two, 'x86_64')]), /2 different images for linux\/amd64/],
      ['foreign', foreign, /to be fetched from elsewhere/],
      [
        'large',
        builder.put({ config: { digest: 'sha256:0', size: 2 ** 21 }, layers: [] }),
        /larger than the 1048576 bytes/,
      ],
      ['schema1', builder.put({ schemaVersion: 1, fsLayers: [], history: [] }), /neither an OCI manifest nor/],
      ['nothing', builder.index([]), /names no image/],
      ['incomplete', incomplete, /the registry lacks parts of the image/],
      ['nested', nested, /more than 8 nested indexes/],
      ['damaged', damaged, /no manifest under this reference/],
    ] as const) {
      push(builder, tag, top);
      const { bringing } = await fetched(tag);
      assert.match(bringing.kind === 'refused' ? bringing.why : 'fetched', why, tag);
    }
    const gone = await fetchImage(there('arm'), `sha256:${'1'.repeat(64)}`, limits, await rig.fresh());
    assert.match(gone.kind === 'refused' ? gone.why : 'fetched', /no longer has sha256:1/);
  });

  it('are not taken if their bytes are not those that were asked for, whatever skopeo checks', async () => {
    const bin = await rig.fresh();
    writeFileSync(join(bin, 'skopeo'), '#!/bin/sh\necho "{}"\n', { mode: 0o755 });
    const { PATH } = process.env;
    process.env['PATH'] = `${bin}:${PATH}`;
    try {
      const fetching = fetchImage(there('one'), `sha256:${'1'.repeat(64)}`, limits, await rig.fresh());
      await assert.rejects(fetching, { code: 'IMAGE_COPY_FAILED', message: /different content/ });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('are reported as needing credentials by registries’ messages, but not for an unreadable file', () => {
    for (const words of [
      'reading manifest v1 in docker.io/team/model: requested access to the resource is denied\nunauthorized: authentication required',
      'reading manifest v1 in ghcr.io/team/model: denied: denied',
      'unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password',
      'Requesting bearer token: invalid status code from registry 403 (Forbidden)',
      'pinging container registry 1.dkr.ecr.eu-west-1.amazonaws.com: no basic auth credentials',
      'denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "x" (or it may not exist)',
    ])
      assert.match(
        whyNot('docker://ghcr.io/team/model@sha256:0', words),
        /credentials.* "skopeo login ghcr\.io"/,
        words,
      );
    for (const words of [
      'open /var/tmp/x: permission denied',
      'registry 500',
      'dial tcp 10.0.0.1:443: connection refused',
    ])
      assert.equal(whyNot('docker://ghcr.io/denied:unauthorized-1', words), words);
  });

  it('are unknown if the registry has none, and an error if it does not respond', async () => {
    assert.equal(await digestOf(there('nothing-here')), undefined);
    const nowhere = 'docker://127.0.0.1:1/team/model:v1';
    const isCopyError = (error: unknown): boolean =>
      error instanceof HoldoutError && error.code === 'IMAGE_COPY_FAILED';
    await assert.rejects(digestOf(nowhere), isCopyError);
    await assert.rejects(fetchImage(nowhere, `sha256:${'0'.repeat(64)}`, limits, await rig.fresh()), isCopyError);
  });
});
