import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../src/errors.ts';
import { ImageStore } from '../../src/images/image-store.ts';
import { inspectArchive } from '../../src/images/inspect-archive.ts';
import { skopeo } from '../../src/images/skopeo.ts';
import { dockerEntries, ociEntries, sha256, tarOf } from '../support/image-archives.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

describe('the image store in a registry', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-store-'));
  let registry: TestRegistry;
  let store: ImageStore;
  before(async () => {
    registry = await startRegistry();
    store = new ImageStore(`docker://${registry.host}/holdout`);
  });
  after(async () => {
    await registry.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps an image under a reference by digest and sends it only once', async () => {
    for (const [format, entries] of [
      ['oci-archive', await ociEntries({ layers: 2 })],
      ['docker-archive', await dockerEntries({ layers: 2 })],
    ] as const) {
      const path = join(folder, `${format}.tar`);
      writeFileSync(path, await tarOf(entries));
      const stored = await store.put(path, format, 'campaign/submission');
      assert.ok(stored.kind === 'pulled');
      assert.equal(stored.reference, `docker://${registry.host}/holdout@${stored.digest}`);
      const raw = await skopeo('inspect', '--raw', stored.reference);
      assert.equal(raw.kind === 'done' && `sha256:${sha256(raw.stdout)}`, stored.digest);
      const pushes = registry.pushes();
      assert.deepEqual(await store.put(path, format, 'campaign/submission'), stored);
      assert.equal(registry.pushes(), pushes);
    }
  });

  it('fetches a handed-in reference as an archive that the gate can read', async () => {
    const path = join(folder, 'handed-in.tar');
    writeFileSync(path, await tarOf(await ociEntries({ text: 'handed in' })));
    const there = `docker://${registry.host}/team/model:v1`;
    await skopeo('--insecure-policy', 'copy', '-q', `oci-archive:${path}`, there);
    const fetched = join(folder, 'fetched.tar');
    assert.deepEqual(await store.fetch(there, fetched), { kind: 'fetched' });
    assert.deepEqual(await inspectArchive(fetched, { maxBytes: 2 ** 20 }), {
      kind: 'accepted',
      format: 'oci-archive',
      base: null,
    });
  });

  it('refuses a reference that the registry does not know, and throws when the registry does not answer', async () => {
    const unknown = await store.fetch(`docker://${registry.host}/team/model:v2`, join(folder, 'unknown.tar'));
    assert.match(unknown.kind === 'refused' ? unknown.why : '', /manifest unknown/);
    await assert.rejects(
      store.fetch('docker://127.0.0.1:1/team/model:v1', join(folder, 'unreachable.tar')),
      (error) => error instanceof HoldoutError && error.code === 'IMAGE_COPY_FAILED',
    );
  });
});
