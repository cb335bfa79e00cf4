import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { flush } from './flush.ts';
import { isUnknownToRegistry } from './registry-errors.ts';
import { shareBlobs } from './share-blobs.ts';
import { skopeo } from './skopeo.ts';
import { layoutTag } from './write-layout.ts';
import { sha256 } from '../../sha256.ts';

/**
 * `reference` is what `skopeo inspect`, `skopeo copy` and `podman pull` take without further flags; `digest` (sha256:…)
 * is that of the manifest it names.
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
   * Keeps a layout that passed the gate, as it is. `tag` names it for people, `<campaign>/<submission>`. Returns at once
   * when this image is there already; any number of workers may put the same one. Throws IMAGE_COPY_FAILED: full disk,
   * store not reachable, credentials.
   */
  async put(layout: string, digest: string, tag: string): Promise<StoredImage> {
    const name = `${tag.replaceAll('/', '.')}-${digest.slice('sha256:'.length).slice(0, 16)}`;
    const folder = this.destination.startsWith('oci:') ? this.destination.slice('oci:'.length) : undefined;
    const keep = folder === undefined ? this.inRegistry(layout, name) : inFolder(folder, layout, name);
    const stored = await keep.catch((error: unknown) => {
      // A full or broken disk speaks in the name of a system call.
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
    const copied = await skopeo(
      '--insecure-policy',
      'copy',
      '-q',
      '--preserve-digests',
      layoutReference(layout),
      image,
    );
    const stored = copied.kind === 'done' ? await this.find(image) : undefined;
    if (stored !== undefined) return stored;
    const detail = copied.kind === 'failed' ? copied.detail : 'it is not there after the copy';
    throw holdoutError('IMAGE_COPY_FAILED', { image, detail });
  }

  private async find(image: string): Promise<StoredImage | undefined> {
    const inspected = await skopeo('inspect', '--raw', image);
    if (inspected.kind === 'failed') {
      if (isUnknownToRegistry(inspected.detail)) return undefined;
      throw holdoutError('IMAGE_COPY_FAILED', { image, detail: inspected.detail });
    }
    const digest = `sha256:${sha256(inspected.stdout)}`;
    return { kind: 'pulled', reference: `${this.destination}@${digest}`, digest };
  }
}

/** Keeps a layout as a folder of its own, which appears when it is complete and on the disk. */
async function inFolder(store: string, layout: string, name: string): Promise<StoredImage> {
  const kept = join(store, name);
  if (!existsSync(kept)) {
    const incoming = join(store, `.incoming-${randomUUID()}`);
    try {
      await mkdir(join(incoming, 'blobs/sha256'), { recursive: true });
      const blobs = (await readdir(join(layout, 'blobs/sha256'))).map((blob) => join('blobs/sha256', blob));
      for (const file of ['oci-layout', 'index.json', ...blobs])
        await linkOrCopy(join(layout, file), join(incoming, file));
      await shareBlobs(join(incoming, 'blobs/sha256'), join(store, '.blobs'));
      for (const file of ['oci-layout', 'index.json', 'blobs/sha256', 'blobs', '.']) await flush(join(incoming, file));
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

/** Makes the file appear under another name, as a copy where the two places are on different file systems. */
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
