import type { HandedInImage } from '../campaign/frozen-campaign.ts';
import type { CheckedCampaign, ImageLocation } from './checked-campaign.ts';
import { sha256OfFile } from './files.ts';
import { inParallel } from '../in-parallel.ts';
import type { HandInRooms } from './rooms.ts';

const imagesAtOnce = 4;

/**
 * Brings every image archive into the images bucket under the digest of its bytes; one that is there is not sent again.
 * Archives in S3 stay where they are and are read once for their digest. In the order of the submissions.
 */
export async function handInImages(rooms: HandInRooms, checked: CheckedCampaign): Promise<HandedInImage[]> {
  const images: HandedInImage[] = [];
  await inParallel(imagesAtOnce, [...checked.submissions.entries()], async ([index, { image }]) => {
    images[index] = await handInImage(rooms, checked.campaign, image);
  });
  return images;
}

async function handInImage(
  { store, buckets }: HandInRooms,
  campaign: string,
  image: ImageLocation,
): Promise<HandedInImage> {
  switch (image.kind) {
    case 'registry':
      return image;
    case 's3': {
      const { bucket, key } = image;
      return { kind: 'archive', bucket, key, sha256: (await store.digest(bucket, key)).sha256 };
    }
    case 'archive': {
      const sha256 = await sha256OfFile(image.path);
      const key = `${campaign}/${sha256}.tar`;
      if ((await store.size(buckets.images, key)) === undefined) await store.upload(buckets.images, key, image.path);
      return { kind: 'archive', bucket: buckets.images, key, sha256 };
    }
  }
}
