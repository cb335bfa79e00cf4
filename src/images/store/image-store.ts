import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { flush } from './flush.ts';
import { registryFailure, whyNot } from '../../registry/registry-errors.ts';
import { rawManifest, skopeo } from './skopeo.ts';
import { layoutTag } from './write-oci-layout.ts';
import { sha256 } from '../../sha256.ts';

/**
 * `reference` works with `skopeo inspect`, `skopeo copy` and `podman pull` without further flags; `digest` (sha256:…) is
 * that of its manifest.
 */
export interface StoredImage {
  kind: 'pulled';
  reference: string;
  digest: string;
}

/**
 * The private image store behind `settings.imageStore`: a folder of OCI layouts, one per image, or a repository of a
 * registry. Nothing in it is ever overwritten: an image's name ends with the digest of its manifest.
 */
export class ImageStore {
  /** `destination` is `settings.imageStore`. */
  constructor(private readonly destination: string) {}

  /**
   * Stores a layout that passed the gate, unchanged. `tag` names it for people, `<campaign>/<submission>`. Returns at once
   * when the store already has this image; several workers may put the same one. Throws IMAGE_COPY_FAILED: full disk,
   * unreachable store, credentials.
   */
  async put(layout: string, digest: string, tag: string): Promise<StoredImage> {
    const name = `${tag.replaceAll('/', '.')}-${digest.slice('sha256:'.length).slice(0, 16)}`;
    const folder = this.destination.startsWith('oci:') ? this.destination.slice('oci:'.length) : undefined;
    const keep = folder === undefined ? this.inRegistry(layout, name) : inFolder(folder, layout, name);
    const stored = await keep.catch((error: unknown) => {
      // Errors of a full or broken disk carry the name of a system call.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw holdoutError('IMAGE_COPY_FAILED', { image: tag, detail: error.message }, error);
    });
    if (stored.digest === digest) return stored;
    throw holdoutError('IMAGE_COPY_FAILED', { image: tag, detail: `the store has ${stored.digest} under its name` });
  }

  private async inRegistry(layout: string, name: string): Promise<StoredImage> {
    const image = `${this.destination}:${name}`;
    const present = await this.find(image);
    if (present !== undefined) return present;
    const copy = ['--insecure-policy', 'copy', '-q', '--preserve-digests', layoutReference(layout), image];
    const copied = await skopeo(...copy);
    // Another worker may have been first, and ECR's tags do not move.
    const isThere = copied.kind === 'done' || registryFailure(copied.detail) === 'tag-taken';
    const stored = isThere ? await this.find(image) : undefined;
    if (stored !== undefined) return stored;
    const detail = copied.kind === 'done' ? 'it is missing after the copy' : whyNot(image, copied.detail);
    throw holdoutError('IMAGE_COPY_FAILED', { image, detail });
  }

  private async find(image: string): Promise<StoredImage | undefined> {
    const manifest = await rawManifest(image);
    if (manifest === undefined) return undefined;
    const digest = `sha256:${sha256(manifest)}`;
    return { kind: 'pulled', reference: `${this.destination}@${digest}`, digest };
  }
}

const blobs = 'blobs/sha256';

/** Stores a layout as a folder of its own, which appears once it is complete and durable. */
async function inFolder(store: string, layout: string, name: string): Promise<StoredImage> {
  const kept = join(store, name);
  const shared = join(store, '.blobs');
  if (!existsSync(kept)) {
    const incoming = join(store, `.incoming-${randomUUID()}`);
    try {
      for (const folder of [shared, join(incoming, blobs)]) await mkdir(folder, { recursive: true });
      for (const file of ['oci-layout', 'index.json']) await linkOrCopy(join(layout, file), join(incoming, file));
      for (const blob of await readdir(join(layout, blobs)))
        await storeBlob(join(layout, blobs, blob), join(incoming, blobs, blob), join(shared, blob));
      for (const file of ['oci-layout', 'index.json', blobs, 'blobs', '.']) await flush(join(incoming, file));
      await rename(incoming, kept).catch(unlessThere);
      await flush(store);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }
  const index = JSON.parse(await readFile(join(kept, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  return { kind: 'pulled', reference: layoutReference(kept), digest: index.manifests[0]?.digest ?? '' };
}

const layoutReference = (layout: string): string => `oci:${layout}:${layoutTag}`;

/**
 * Stores equal blobs of many layouts once: each is a hard link to the first of its name in `.blobs`, which gets it once its
 * content is durable. Of two processes that store it at once, one keeps a copy of its own.
 */
async function storeBlob(from: string, to: string, shared: string): Promise<void> {
  try {
    await link(shared, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await linkOrCopy(from, to);
    await flush(to);
    await link(to, shared).catch(unlessThere);
  }
}

/** Links a file to another name, or copies it to another file system. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}

/** Another worker was first; the content is the same. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
