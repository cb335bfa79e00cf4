import { counted } from '../../safe-text.ts';
import { isImage, type Found, type FoundImage } from './found-image.ts';
import { levelOf, platformName, ourPlatform } from './platform.ts';
import { refuse } from '../refusal.ts';

/**
 * The one image for our machines among those that an archive names. Equal images count as one; of several for linux/amd64
 * the least demanding wins, if the index gives each one's platform. Throws a Refusal that names what was found.
 */
export function chooseImage(found: readonly Found[]): FoundImage {
  const images = merged(found.filter(isImage));
  const ours = images.filter(({ platform }) => platform === ourPlatform);
  const [first, ...others] = ours;
  if (first === undefined) refuse(noneOf(found));
  if (others.length === 0) return first;
  const [best, next] = rankedByPlatform(ours);
  if (best === undefined || best.level === next?.level) {
    const digests = ours.slice(0, 3).map(({ digest }) => digest.slice(0, 'sha256:'.length + 12));
    const more = ours.length > digests.length ? ' …' : '';
    refuse(
      `the archive has ${ours.length} different images for ${ourPlatform} (${digests.join(', ')}${more}); hand in exactly one`,
    );
  }
  return best.image;
}

function merged(images: readonly FoundImage[]): FoundImage[] {
  const distinct = new Map<string, FoundImage>();
  for (const image of images) {
    const known = distinct.get(image.identity);
    distinct.set(image.identity, known ? { ...known, described: [...known.described, ...image.described] } : image);
  }
  return [...distinct.values()];
}

/** The images for linux/amd64 by their index, the least demanding first; none when some have no platform there. */
function rankedByPlatform(images: readonly FoundImage[]): { image: FoundImage; level: number }[] {
  const named = images.map((image) => ({
    image,
    platforms: image.described.filter((platform) => platform !== null),
  }));
  const allDescribed = named.every(
    ({ image, platforms }) =>
      platforms.length === image.described.length &&
      platforms.every((platform) => ![undefined, 'unknown/unknown'].includes(platformName(platform))),
  );
  if (!allDescribed) return [];
  return named
    .flatMap(({ image, platforms }) => {
      const levels = platforms.filter((platform) => platformName(platform) === ourPlatform).map(levelOf);
      return levels.length === 0 ? [] : { image, level: Math.min(...levels) };
    })
    .sort((a, b) => a.level - b.level);
}

function noneOf(found: readonly Found[]): string {
  const images = found.filter(isImage).filter(({ platform }) => platform !== 'unknown/unknown');
  if (images.length > 0) {
    const platforms = [...new Set(images.map(({ platform }) => platform))].sort().join(', ');
    return `the image is built for ${platforms}, but the machines are ${ourPlatform}: build it with --platform ${ourPlatform}`;
  }
  if (found.length === 0) return 'the archive lists no image';
  const counts = new Map<string, number>();
  for (const item of found) {
    const what = isImage(item) ? 'an attestation' : item.what;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const words = [...counts].map(([what, count]) => (count === 1 ? what : `${what} (${counted(count, 'time')})`));
  return `the archive contains no container image, only ${words.join(', ')}`;
}
