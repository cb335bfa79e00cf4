import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { HoldoutError } from '../../src/errors.ts';
import { ImageStore, type StoredImage } from '../../src/images/image-store.ts';
import { dockerEntries, ociEntries, sha256, tarOf, type TarEntry } from '../support/image-archives.ts';

describe('the image store in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-store-'));
  const home = join(folder, 'store');
  const store = new ImageStore(`oci:${home}`);
  let written = 0;
  after(() => rmSync(folder, { recursive: true }));

  async function archive(entries: Promise<TarEntry[]>, pack = (tar: Buffer): Buffer => tar): Promise<string> {
    const path = join(folder, `${(written += 1)}.tar`);
    writeFileSync(path, pack(await tarOf(await entries)));
    return path;
  }
  const pulled = (image: StoredImage): { reference: string; digest: string } =>
    image.kind === 'pulled' ? image : assert.fail(image.why);
  const isTrouble = (pattern: RegExp) => (error: unknown) =>
    error instanceof HoldoutError && error.source === 'platform' && pattern.test(error.message);
  const layouts = (): string[] => readdirSync(home).filter((name) => !name.startsWith('.'));

  it('keeps an image under a reference that skopeo takes as it is, pinned by its manifest digest', async () => {
    for (const [format, path] of [
      ['oci-archive', await archive(ociEntries({ text: 'a' }))],
      ['oci-archive', await archive(ociEntries({ text: 'b' }), gzipSync)],
      ['docker-archive', await archive(dockerEntries({ text: 'c', layers: 2 }))],
      ['docker-archive', await archive(dockerEntries({ text: 'd' }), gzipSync)],
    ] as const) {
      const { reference, digest } = pulled(await store.put(path, format, 'campaign/submission'));
      assert.match(reference, /^oci:.*\/campaign\.submission-[0-9a-f]{16}:image$/);
      assert.equal(`sha256:${sha256(execFileSync('skopeo', ['inspect', '--raw', reference]))}`, digest);
      const copy = join(folder, `copy-${(written += 1)}`);
      execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', reference, `dir:${copy}`]);
    }
    assert.equal(layouts().length, 4);
  });

  it('answers at once when the same archive is there, and keeps a changed one beside it', async () => {
    const path = await archive(ociEntries({ text: 'first' }));
    const first = await store.put(path, 'oci-archive', 'c/again');
    const layout = pulled(first).reference.replace(/^oci:|:image$/g, '');
    const inode = statSync(layout).ino;
    assert.deepEqual(await store.put(path, 'oci-archive', 'c/again'), first);
    assert.equal(statSync(layout).ino, inode);
    const changed = await store.put(await archive(ociEntries({ text: 'second' })), 'oci-archive', 'c/again');
    assert.notDeepEqual(changed, first);
    execFileSync('skopeo', ['inspect', '--raw', pulled(first).reference]);
  });

  it('is not corrupted by many workers that put the same image and others at once', async () => {
    const same = await archive(ociEntries({ text: 'same', layers: 3 }));
    const others = await Promise.all([1, 2, 3].map((n) => archive(ociEntries({ text: `other ${n}`, layers: 3 }))));
    const workers = Array.from({ length: 4 }, () => new ImageStore(`oci:${home}`));
    const stored = await Promise.all([
      ...workers.map((worker) => worker.put(same, 'oci-archive', 'c/same')),
      ...others.map((path, n) => store.put(path, 'oci-archive', `c/other-${n}`)),
    ]);
    assert.equal(new Set(stored.map((image) => pulled(image).digest)).size, 4);
    for (const image of stored) {
      const { reference, digest } = pulled(image);
      assert.equal(`sha256:${sha256(execFileSync('skopeo', ['inspect', '--raw', reference]))}`, digest);
    }
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('.incoming')),
      [],
    );
  });

  it('keeps a layer that images share once on disk', async () => {
    const stored = [];
    for (const text of ['x', 'y']) {
      stored.push(pulled(await store.put(await archive(ociEntries({ text, layers: 2 })), 'oci-archive', `c/${text}`)));
    }
    const inodes = stored.map(({ reference }) => {
      const blobs = join(reference.replace(/^oci:|:image$/g, ''), 'blobs/sha256');
      return readdirSync(blobs).map((name) => statSync(join(blobs, name)).ino);
    });
    assert.equal(inodes[0]?.filter((inode) => inodes[1]?.includes(inode)).length, 1);
  });

  it('refuses an image that contradicts itself, in words for its team', async () => {
    const entries = await dockerEntries();
    const config = entries.find(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
    const wrong = entries.map((entry) =>
      entry === config
        ? { ...entry, content: String(entry.content).replace(/sha256:\w{8}/, 'sha256:00000000') }
        : entry,
    );
    const none = entries.map((entry) =>
      entry === config ? { ...entry, content: '{"architecture":"amd64","os":"linux"}' } : entry,
    );
    const before = layouts().length;
    for (const [entries, why] of [
      [wrong, /Digest did not match/],
      [none, /"determining manifest MIME type for the archive: Invalid image config/],
    ] as const) {
      const result = await store.put(await archive(Promise.resolve(entries)), 'docker-archive', 'c/contradicts');
      assert.equal(result.kind, 'refused');
      assert.match(result.kind === 'refused' ? result.why : '', why);
    }
    assert.equal(layouts().length, before);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('copy-') && !/^copy-\d+$/.test(name)),
      [],
    );
  });

  it('throws what may be our trouble: a full disk, an unreachable registry, no skopeo', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    const path = await archive(ociEntries({ text: 'z'.repeat(100_000) }), (tar) => tar);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small]);
    try {
      const full = new ImageStore(`oci:${small}`).put(path, 'oci-archive', 'c/full');
      await assert.rejects(full, (error) => error instanceof Error && /no space left|ENOSPC/i.test(error.message));
    } finally {
      execFileSync('umount', [small]);
      await rm(small, { recursive: true });
    }
    const closed = new ImageStore('docker://127.0.0.1:1/holdout');
    await assert.rejects(closed.put(path, 'oci-archive', 'c/closed'), isTrouble(/connection refused/));
    await assert.rejects(
      closed.fetch('docker://127.0.0.1:1/x:y', join(folder, 'fetched.tar')),
      isTrouble(/connection refused/),
    );
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      await assert.rejects(store.put(path, 'oci-archive', 'c/none'), isTrouble(/skopeo is not installed/));
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
