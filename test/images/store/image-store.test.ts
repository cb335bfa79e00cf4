import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { HoldoutError } from '../../../src/errors.ts';
import { ImageStore, type StoredImage } from '../../../src/images/store/image-store.ts';
import { digestOf } from '../../../src/images/store/registry-image.ts';
import { GateRig } from '../../support/images/gate-rig.ts';
import { dockerEntries, ociEntries, sha256, tarOf, type TinyImage } from '../../support/images/image-archives.ts';

describe('the image store in a folder', () => {
  let rig: GateRig;
  let home: string;
  let store: ImageStore;
  before(async () => {
    rig = await GateRig.start();
    home = join(rig.folder, 'store');
    store = new ImageStore(`oci:${home}`);
  });
  after(() => rig.stop());

  /** The gate's result: a layout and its digest. */
  const accepted = async (image: TinyImage): Promise<[layout: string, digest: string]> => {
    const { layout, digest } = await rig.accepted(await tarOf(await ociEntries(image)));
    return [layout, digest];
  };
  const isPlatformError = (pattern: RegExp) => (error: unknown) =>
    error instanceof HoldoutError && error.code === 'IMAGE_COPY_FAILED' && pattern.test(error.message);
  const folderOf = ({ reference }: StoredImage): string => reference.replace(/^oci:|:image$/g, '');
  const digestBySkopeo = ({ reference }: StoredImage): string =>
    `sha256:${createHash('sha256')
      .update(execFileSync('skopeo', ['inspect', '--raw', reference]))
      .digest('hex')}`;

  it('stores an image under a reference that skopeo and podman accept unchanged, pinned by its manifest digest', async () => {
    const images = [await rig.accepted(await tarOf(await ociEntries({ text: 'a' })))];
    images.push(await rig.accepted(await tarOf(await dockerEntries({ text: 'c', layers: 2 }))));
    for (const { layout, digest } of images) {
      const stored = await store.put(layout, digest, 'campaign/submission');
      assert.match(stored.reference, /^oci:.*\/campaign\.submission-[0-9a-f]{16}:image$/);
      assert.equal(stored.digest, digest);
      assert.equal(digestBySkopeo(stored), digest);
      execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', stored.reference, `dir:${await rig.fresh()}`]);
    }
  });

  it('returns at once when it has the same image, and stores a changed one separately', async () => {
    const [layout, digest] = await accepted({ text: 'first' });
    const first = await store.put(layout, digest, 'c/again');
    const inode = statSync(folderOf(first)).ino;
    assert.deepEqual(await store.put(layout, digest, 'c/again'), first);
    assert.equal(statSync(folderOf(first)).ino, inode);
    const changed = await store.put(...(await accepted({ text: 'second' })), 'c/again');
    assert.notDeepEqual(changed, first);
    assert.equal(digestBySkopeo(first), digest);
  });

  it('is not corrupted by many workers that put the same image and others at once', async () => {
    const same = await accepted({ text: 'same', layers: 3 });
    const others: [string, string][] = [];
    for (const n of [1, 2, 3]) others.push(await accepted({ text: `other ${n}`, layers: 3 }));
    const workers = Array.from({ length: 4 }, () => new ImageStore(`oci:${home}`));
    const stored = await Promise.all([
      ...workers.map((worker) => worker.put(...same, 'c/same')),
      ...others.map((image, n) => store.put(...image, `c/other-${n}`)),
    ]);
    assert.equal(new Set(stored.map(({ digest }) => digest)).size, 4);
    for (const image of stored) assert.equal(digestBySkopeo(image), image.digest);
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('.incoming')),
      [],
    );
  });

  it('stores a layer that images share once on disk', async () => {
    const inodes: number[][] = [];
    for (const text of ['x', 'y']) {
      const blobs = join(
        folderOf(await store.put(...(await accepted({ text, layers: 2 })), `c/${text}`)),
        'blobs/sha256',
      );
      inodes.push(readdirSync(blobs).map((name) => statSync(join(blobs, name)).ino));
    }
    assert.equal(inodes[0]?.filter((inode) => inodes[1]?.includes(inode)).length, 1);
  });

  it('copies files from another file system, and names the image when the disk is full', async () => {
    const { layout, digest } = await rig.accepted(await tarOf(await dockerEntries({ text: 'z'.repeat(200_000) })));
    for (const [size, isFull] of [
      ['16m', false],
      ['100k', true],
    ] as const) {
      const mount = mkdtempSync(join(tmpdir(), 'small-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount]);
      try {
        const put = new ImageStore(`oci:${mount}/images`).put(layout, digest, 'c/elsewhere');
        if (isFull) await assert.rejects(put, isPlatformError(/c\/elsewhere .*ENOSPC/));
        else assert.equal(digestBySkopeo(await put), digest);
        assert.equal(
          readdirSync(join(mount, 'images')).some((name) => name.startsWith('.incoming')),
          false,
        );
      } finally {
        execFileSync('umount', [mount]);
        rmSync(mount, { recursive: true });
      }
    }
  });

  it('still has its images after a power failure', async () => {
    const folder = await rig.fresh();
    const [disk, cut] = [join(folder, 'disk'), join(folder, 'cut')];
    writeFileSync(disk, '');
    truncateSync(disk, 64 << 20);
    execFileSync('mkfs.ext4', ['-q', '-F', disk]);
    const image = await accepted({ text: 'kept', layers: 3 });
    const stored = await onDisk(disk, async (mount) => {
      const kept = await new ImageStore(`oci:${mount}/images`).put(...image, 'c/kept');
      // Data that the file system has not written to its device is not in the backing file.
      copyFileSync(disk, cut);
      return relative(mount, folderOf(kept));
    });
    await onDisk(cut, async (mount) => {
      const blobs = join(mount, stored, 'blobs/sha256');
      assert.equal(readdirSync(blobs).length, 5);
      for (const name of readdirSync(blobs)) assert.equal(sha256(readFileSync(join(blobs, name))), name);
      assert.equal(digestBySkopeo({ kind: 'pulled', reference: `oci:${mount}/${stored}:image`, digest: '' }), image[1]);
    });
  });

  async function onDisk<T>(disk: string, work: (mount: string) => Promise<T>): Promise<T> {
    const mount = mkdtempSync(join(tmpdir(), 'disk-'));
    execFileSync('mount', ['-o', 'loop,noauto_da_alloc', disk, mount]);
    try {
      return await work(mount);
    } finally {
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    }
  }

  it('throws when another image has its name', async () => {
    const [layout, digest] = await accepted({ text: 'mine' });
    const stored = await store.put(layout, digest, 'c/mine');
    writeFileSync(join(folderOf(stored), 'index.json'), '{"manifests":[{"digest":"sha256:00"}]}');
    await assert.rejects(store.put(layout, digest, 'c/mine'), isPlatformError(/the store has sha256:00/));
  });

  it('throws for platform errors: an unreachable registry, no skopeo', async () => {
    const image = await accepted({});
    const closed = new ImageStore('docker://127.0.0.1:1/holdout');
    await assert.rejects(closed.put(...image, 'c/closed'), isPlatformError(/connection refused/));
    await assert.rejects(digestOf('docker://127.0.0.1:1/x:y'), isPlatformError(/connection refused/));
    const { PATH } = process.env;
    process.env['PATH'] = rig.folder;
    try {
      await assert.rejects(closed.put(...image, 'c/none'), { code: 'IMAGE_TOOL_MISSING' });
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
