import type { ArchiveFiles } from '../archive/archive-files.ts';
import { chooseImage } from './choose-image.ts';
import { dockerImages } from './docker-images.ts';
import { isImage, type FoundImage } from './found-image.ts';
import { ociImages } from './oci-images.ts';
import { refuse } from '../refusal.ts';

/** The one image for our machines that an archive names, as an OCI layout or as `docker save` does. Throws a Refusal. */
export async function namedImage(files: ArchiveFiles): Promise<FoundImage> {
  const [index, manifest] = [files.find('index.json'), files.find('manifest.json')];
  const byDocker = manifest === undefined ? [] : await dockerImages(files, manifest);
  if (index === undefined) return manifest === undefined ? refuse(withoutEither(files.names)) : chooseImage(byDocker);
  const found = await ociImages(files, index);
  // Docker writes both, for old and new readers. The OCI layout is read because its digests are checked; manifest.json may
  // name fewer images, but no other ones.
  const identities = new Set(found.filter(isImage).map(({ identity }) => identity));
  if (byDocker.some((image) => isImage(image) && !identities.has(image.identity)))
    refuse('index.json and manifest.json of the archive name different images; save the image again');
  return chooseImage(found);
}

function withoutEither(names: readonly string[]): string {
  if (names.some((name) => /^[^/]+\/(?:index|manifest)\.json$/.test(name)))
    return 'the archive has its index.json or manifest.json in a folder; both belong at the top: tar -C FOLDER -cf image.tar .';
  if (names.includes('repositories'))
    return 'the archive was written by a Docker older than 1.10, without manifest.json; save the image with a newer one';
  return 'the archive has neither index.json (OCI) nor manifest.json (docker save)';
}
