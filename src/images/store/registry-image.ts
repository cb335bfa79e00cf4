import { holdoutError } from '../../errors.ts';
import { choosePlatform } from '../manifests/choose-platform.ts';
import { indexSchema, manifestSchema } from '../manifests/oci-schemas.ts';
import { Refusal, refuse } from '../refusal.ts';
import { whyNot } from '../../registry/registry-errors.ts';
import { rawManifest, skopeo } from './skopeo.ts';
import { sha256 } from '../../sha256.ts';
import type { ArchiveLimits } from '../archive/archive-limits.ts';
import { maxIndexDepth } from '../archive/archive-limits.ts';

/**
 * The digest (`sha256:…`) to which a `docker://` reference resolves now: of a manifest, or of an index of several platforms.
 * Undefined when the registry has no such image. Throws IMAGE_COPY_FAILED when the registry cannot be reached.
 */
export async function digestOf(reference: string): Promise<string | undefined> {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  const raw = await rawManifest(digest === undefined ? reference : `${repositoryOf(reference)}@${digest}`);
  return raw === undefined ? undefined : `sha256:${sha256(raw)}`;
}

/**
 * Copies the image for our machines of a digest in the repository of `reference` into an empty folder, unchanged. Nothing is
 * fetched from anywhere else. `refused` is the team's fault. Throws IMAGE_COPY_FAILED.
 */
export async function fetchImage(
  reference: string,
  digest: string,
  { imageBytes }: ArchiveLimits,
  folder: string,
): Promise<{ kind: 'fetched' } | { kind: 'refused'; why: string }> {
  const repository = repositoryOf(reference);
  try {
    const instance = await instanceOf(repository, digest, imageBytes);
    const image = `${repository}@${instance}`;
    const copied = await skopeo('--insecure-policy', '--tmpdir', folder, 'copy', '-q', image, `dir:${folder}`);
    if (copied.kind === 'done') return { kind: 'fetched' };
    if (copied.kind === 'unknown') refuse('the registry lacks parts of the image');
    throw holdoutError('IMAGE_COPY_FAILED', { image, detail: whyNot(image, copied.detail) });
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** The digest of the image for our machines, through indexes, after checking its size and that this registry has all parts. */
async function instanceOf(repository: string, digest: string, imageBytes: number): Promise<string> {
  let at = digest;
  for (let depth = 0; depth < maxIndexDepth; depth += 1) {
    const json = parsed(await manifestAt(repository, at));
    const index = indexSchema.safeParse(json);
    if (!index.success) {
      checkParts(json, imageBytes);
      return at;
    }
    at = choosePlatform(index.data.manifests);
  }
  return refuse(`the reference names more than ${maxIndexDepth} nested indexes`);
}

function checkParts(json: unknown, imageBytes: number): void {
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success)
    refuse('the reference names no supported image: neither an OCI manifest nor Docker’s schema 2');
  const parts = [manifest.data.config, ...(manifest.data.layers ?? [])];
  if (parts.some(({ urls }) => urls != null && urls.length > 0))
    refuse('a layer of the image would have to be fetched from elsewhere; the registry must have all layers');
  if (parts.reduce((sum, { size }) => sum + size, 0) > imageBytes)
    refuse(`the image is larger than the ${imageBytes} bytes allowed`);
}

async function manifestAt(repository: string, digest: string): Promise<Buffer> {
  const image = `${repository}@${digest}`;
  const raw = (await rawManifest(image)) ?? refuse(`the registry no longer has ${digest}`);
  if (`sha256:${sha256(raw)}` === digest) return raw;
  throw holdoutError('IMAGE_COPY_FAILED', { image, detail: 'the registry sent different content' });
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return refuse('the registry has no manifest under this reference');
  }
}

/** A reference without tag and digest: skopeo takes no reference with both. */
const repositoryOf = (reference: string): string => reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
