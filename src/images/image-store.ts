import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { trouble } from '../errors.ts';
import { quoted } from '../safe-text.ts';
import type { ArchiveFormat } from './inspect-archive.ts';
import { compressionOf } from './scan-archive.ts';
import { shareBlobs } from './share-blobs.ts';
import { skopeo } from './skopeo.ts';

/**
 * `reference` is what `skopeo inspect`, `skopeo copy` and `podman pull` take without further flags; `digest` (sha256:…)
 * is that of the manifest it names. `refused` is the team's.
 */
export type StoredImage = { kind: 'pulled'; reference: string; digest: string } | { kind: 'refused'; why: string };

const forOurMachines = ['--override-os', 'linux', '--override-arch', 'amd64'];

/**
 * The private image store behind `settings.imageStore`: a folder of OCI layouts, one per image, or a repository of a
 * registry. Nothing in it is ever overwritten: an image's name ends with the digest of the archive it came from.
 */
export class ImageStore {
  /** `destination` is `settings.imageStore`. */
  constructor(private readonly destination: string) {}

  /**
   * Copies an archive that passed the gate. `tag` names it for people, `<campaign>/<submission>`. Answers at once when
   * this archive is there already; any number of workers may put the same one. Throws IMAGE_COPY_FAILED when the fault
   * may be ours: full disk, store not reachable, credentials.
   */
  async put(path: string, format: ArchiveFormat, tag: string): Promise<StoredImage> {
    const name = `${tag.replaceAll('/', '.')}-${(await sha256Of(path)).slice(0, 16)}`;
    const present = await this.find(name);
    if (present !== undefined) return present;
    const scratch = await mkdtemp(join(dirname(path), 'copy-'));
    try {
      const source = `${format}:${await plainTar(path, scratch)}`;
      const failure = await this.copyTo(name, source, scratch);
      if (failure !== undefined) return blame(tag, failure.replaceAll(source, 'the archive'), badArchive);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const stored = await this.find(name);
    if (stored === undefined)
      throw trouble('IMAGE_COPY_FAILED', { image: tag, detail: 'it is not there after the copy' });
    return stored;
  }

  /**
   * Fetches an image that was handed in as a registry reference (`docker://…`) into an OCI archive for the gate.
   * `refused`: the registry knows no such image. Throws IMAGE_COPY_FAILED.
   */
  async fetch(reference: string, path: string): Promise<{ kind: 'fetched' } | { kind: 'refused'; why: string }> {
    const scratch = ['--tmpdir', dirname(path)];
    const copied = await skopeo(
      '--insecure-policy',
      ...forOurMachines,
      ...scratch,
      'copy',
      '-q',
      reference,
      `oci-archive:${path}`,
    );
    if (copied.kind === 'done') return { kind: 'fetched' };
    return blame(reference, copied.detail, unknownToRegistry);
  }

  private get folder(): string | undefined {
    return this.destination.startsWith('oci:') ? this.destination.slice('oci:'.length) : undefined;
  }

  /** The stored image, undefined when there is none of this name. */
  private async find(name: string): Promise<StoredImage | undefined> {
    if (this.folder !== undefined) return findInLayout(join(this.folder, name));
    const reference = `${this.destination}:${name}`;
    const inspected = await skopeo('inspect', '--raw', reference);
    if (inspected.kind === 'failed') {
      if (unknownToRegistry.test(inspected.detail)) return undefined;
      throw trouble('IMAGE_COPY_FAILED', { image: reference, detail: inspected.detail });
    }
    const digest = `sha256:${createHash('sha256').update(inspected.stdout).digest('hex')}`;
    return { kind: 'pulled', reference: `${this.destination}@${digest}`, digest };
  }

  /** Answers what skopeo said when it failed. */
  private async copyTo(name: string, source: string, scratch: string): Promise<string | undefined> {
    const global = ['--insecure-policy', ...forOurMachines, '--tmpdir', scratch];
    if (this.folder === undefined) {
      const copied = await skopeo(...global, 'copy', '-q', source, `${this.destination}:${name}`);
      return copied.kind === 'failed' ? copied.detail : undefined;
    }
    // Into a folder of its own and renamed when complete: index.json has no lock, and half a copy is never seen.
    const incoming = join(this.folder, `.incoming-${randomUUID()}`);
    await mkdir(this.folder, { recursive: true });
    try {
      const plain = '--dest-oci-accept-uncompressed-layers';
      const copied = await skopeo(...global, 'copy', '-q', plain, source, layoutReference(incoming));
      if (copied.kind === 'failed') return copied.detail;
      await shareBlobs(join(incoming, 'blobs', 'sha256'), join(this.folder, '.blobs'));
      await rename(incoming, join(this.folder, name)).catch(unlessThere);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
    return undefined;
  }
}

/** The one image of a layout folder that this store made, by its index; undefined when there is no such folder. */
async function findInLayout(layout: string): Promise<StoredImage | undefined> {
  if (!existsSync(layout)) return undefined;
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const [manifest] = index.manifests;
  if (manifest === undefined) throw trouble('IMAGE_COPY_FAILED', { image: layout, detail: 'its index is empty' });
  return { kind: 'pulled', reference: layoutReference(layout), digest: manifest.digest };
}

const layoutReference = (layout: string): string => `oci:${layout}:image`;

/** Another worker was first; the content is the same. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/** Skopeo 1.9.3 reads eight bytes of a gzipped docker archive and no more; so it gets a plain tar. */
async function plainTar(path: string, scratch: string): Promise<string> {
  if ((await compressionOf(path)) === 'none') return path;
  const plain = join(scratch, 'image.tar');
  await pipeline(createReadStream(path), createGunzip(), createWriteStream(plain));
  return plain;
}

/** Words of skopeo 1.9 when a registry has no such image, or none for our machines. */
const unknownToRegistry = /manifest unknown|name unknown|no image found in (manifest list|image index)/i;
/** Words of skopeo 1.9 when an archive contradicts itself; the bytes of the archive were checked before. */
const badArchive =
  /Digest did not match|determining manifest MIME type|initializing image from source|unsupported MIME|gzip: invalid|archive\/tar/;
const ourTrouble =
  /no space left|permission denied|cannot allocate|too many open files|input\/output error|read-only file/i;

/** Whose fault a failed copy is. What is not plainly the image's is taken for ours: a team never pays for the platform. */
function blame(image: string, detail: string, teams: RegExp): { kind: 'refused'; why: string } {
  if (ourTrouble.test(detail) || !teams.test(detail)) throw trouble('IMAGE_COPY_FAILED', { image, detail });
  return { kind: 'refused', why: `the image cannot be copied: ${quoted(detail, 200)}` };
}
