import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { isProbeInVain } from '../campaign/base-lessons.ts';
import type { HandedInImage } from '../campaign/frozen-campaign.ts';
import { trouble } from '../errors.ts';
import { lessonsOf } from '../images/base-records.ts';
import type { StoredImage } from '../images/image-store.ts';
import { inspectArchive } from '../images/inspect-archive.ts';
import type { Dependencies } from './dependencies.ts';

type Pulled = Extract<StoredImage, { kind: 'pulled' }>;

/**
 * `base` names what it was built on; `probeInVain`: probes of others on that base taught nothing; `withheld`: what of its
 * configuration the container does not get.
 */
export type PulledImage =
  | (Pulled & { base: string | null; probeInVain: boolean; withheld?: string[] })
  | Exclude<StoredImage, { kind: 'pulled' }>;

/** The gate: fetches the handed-in image, inspects it, copies it to the private image store and pins its digest. */
export async function pullImage(
  deps: Dependencies,
  input: { campaign: string; submission: string },
): Promise<PulledImage> {
  const folder = await ownFolder(input);
  try {
    const { image } = await deps.frozen.submission(input.campaign, input.submission);
    const { limits } = await deps.frozen.campaign(input.campaign);
    const archive = join(folder, 'image.tar');
    const fetched = await fetchImage(deps, image, archive);
    if (fetched.kind === 'refused') return fetched;
    const inspected = await inspectArchive(archive, { maxBytes: limits.imageBytes });
    if (inspected.kind === 'refused') return inspected;
    const stored = await deps.images.put(archive, inspected.format, `${input.campaign}/${input.submission}`);
    if (stored.kind === 'refused') return stored;
    const { base } = inspected;
    return { ...stored, base, probeInVain: base !== null && (await isInVain(deps, input.campaign, base)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isInVain = async ({ store, buckets }: Dependencies, campaign: string, base: string): Promise<boolean> =>
  isProbeInVain(await lessonsOf(store, buckets.results, campaign, base));

/** A folder for this try; that of the try before goes, which a killed worker may have left. */
async function ownFolder({ campaign, submission }: { campaign: string; submission: string }): Promise<string> {
  const { attempt } = Context.current().info;
  const folderOf = (attempt: number): string =>
    join(process.env['HOLDOUT_SCRATCH'] ?? tmpdir(), 'hand-in', `${campaign}.${submission}.${attempt}`);
  await rm(folderOf(attempt - 1), { recursive: true, force: true });
  await mkdir(folderOf(attempt), { recursive: true });
  return folderOf(attempt);
}

/** Brings the handed-in image into a file; an archive must still be the one that was frozen. */
async function fetchImage(
  deps: Dependencies,
  image: HandedInImage,
  archive: string,
): Promise<{ kind: 'fetched' } | { kind: 'refused'; why: string }> {
  if (image.kind === 'registry') return deps.images.fetch(image.reference, archive);
  const { sha256 } = await deps.store.download(image.bucket, image.key, archive);
  if (sha256 !== image.sha256) throw trouble('OBJECT_CHANGED', { bucket: image.bucket, key: image.key });
  return { kind: 'fetched' };
}
