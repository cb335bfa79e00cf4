import type { SubmittedImage, Submission } from '../campaign/model/frozen-campaign.ts';
import { holdoutError } from '../errors.ts';
import { digestOf } from '../images/store/registry-image.ts';
import { inParallel } from '../in-parallel.ts';
import type { CheckedCampaign, ImageLocation } from './checked-campaign.ts';
import { handedIn } from './handed-in.ts';
import type { IntakeDependencies } from './dependencies.ts';
import { sha256OfFile } from '../sha256.ts';

const imagesAtOnce = 4;

/** A row, and the location of its image before the upload. */
export interface LocatedRow {
  row: Submission;
  location: ImageLocation;
}

/**
 * Computes the digest of every archive without uploading any. Archives in S3 stay there and are read once. Keeps the order of
 * the submissions.
 */
export const rowsOf = (
  dependencies: IntakeDependencies,
  { campaign, submissions }: CheckedCampaign,
): Promise<LocatedRow[]> =>
  inParallel(imagesAtOnce, submissions, async ({ image: location, ...row }) => ({
    row: { ...row, image: await imageAt(dependencies, campaign, row.submission, location) },
    location,
  }));

/** Pins every registry reference to its current digest. Throws IMAGE_UNKNOWN for references unknown to the registry. */
export async function withDigests(rows: readonly LocatedRow[]): Promise<LocatedRow[]> {
  const unknown: string[] = [];
  const pinned = await inParallel(imagesAtOnce, rows, async ({ row, location }) => {
    if (row.image.kind !== 'registry') return { row, location };
    const digest = await digestOf(row.image.reference);
    if (digest === undefined) unknown.push(`${row.submission}: ${row.image.reference}`);
    return { row: { ...row, image: { ...row.image, ...(digest !== undefined && { digest }) } }, location };
  });
  if (unknown.length > 0) throw holdoutError('IMAGE_UNKNOWN', { images: unknown.sort() });
  return pinned;
}

const archiveOf = (submission: string): string => `The archive of ${submission}`;

/** sha256 (hex) of a local archive; throws HAND_IN_CHANGED if it is gone. */
export const digestOfArchive = (submission: string, path: string): Promise<string> =>
  handedIn(archiveOf(submission), path, () => sha256OfFile(path));

/** Uploads local archives to the images bucket, except those already there. */
export async function uploadImages({ store }: IntakeDependencies, rows: readonly LocatedRow[]): Promise<void> {
  await inParallel(imagesAtOnce, rows, async ({ row: { submission, image }, location }) => {
    if (location.kind !== 'archive' || image.kind !== 'archive') return;
    const { bucket, key, sha256 } = image;
    if (await store.exists(bucket, key)) return;
    const upload = (): Promise<void> => store.upload(bucket, key, location.path, sha256);
    await handedIn(archiveOf(submission), location.path, upload);
  });
}

async function imageAt(
  { store, buckets }: IntakeDependencies,
  campaign: string,
  submission: string,
  location: ImageLocation,
): Promise<SubmittedImage> {
  switch (location.kind) {
    case 'registry':
      return location;
    case 's3': {
      const { bucket, key } = location;
      const read = (): Promise<{ sha256: string }> => store.digest(bucket, key);
      const { sha256 } = await handedIn(archiveOf(submission), `s3://${bucket}/${key}`, read);
      return { kind: 'archive', bucket, key, sha256 };
    }
    case 'archive': {
      const sha256 = await digestOfArchive(submission, location.path);
      return { kind: 'archive', bucket: buckets.images, key: `${campaign}/${sha256}.tar`, sha256 };
    }
  }
}
