import { isLabelledAttestation, type Descriptor } from './oci-schemas.ts';
import { levelOf, platformName, ourPlatform } from './platform.ts';
import { refuse } from '../refusal.ts';

/** The digest of the image for our machines, judged by the index alone. Throws a Refusal that names what was found. */
export function choosePlatform(manifests: readonly Descriptor[]): string {
  const images = manifests.filter(
    (manifest) => !isLabelledAttestation(manifest) && platformName(manifest.platform) !== 'unknown/unknown',
  );
  const level = ({ platform }: Descriptor): number => levelOf(platform ?? {});
  const ours = images
    .filter(({ platform }) => platformName(platform) === ourPlatform)
    .sort((a, b) => level(a) - level(b));
  const [best] = ours;
  const equals = new Set(ours.filter((image) => best !== undefined && level(image) === level(best)).map(digestIn));
  if (equals.size > 1) refuse(`the reference names ${equals.size} different images for ${ourPlatform}`);
  if (best !== undefined) return best.digest;
  // A single image is taken whatever the index says about it; its configuration decides.
  const [first, ...others] = new Set(images.map(digestIn));
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) refuse('the reference names no image');
  const platforms = [...new Set(images.map(({ platform }) => platformName(platform) ?? 'another platform'))].sort();
  return refuse(`the reference names images for ${platforms.join(', ')}, but the machines are ${ourPlatform}`);
}

const digestIn = ({ digest }: Descriptor): string => digest;
