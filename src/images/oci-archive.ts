import * as z from 'zod';
import { quoted } from '../safe-text.ts';
import { checkedConfig, checkLayerCount, checkPlatforms, parseJson } from './archive-json.ts';
import { refuse } from './refusal.ts';
import type { ScannedArchive, ScannedFile } from './scan-archive.ts';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
const descriptorSchema = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<64 hex digits>'),
  size: z.int().nonnegative(),
  urls: z.array(z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});
type Descriptor = z.output<typeof descriptorSchema>;
const indexSchema = z.object({ manifests: z.array(descriptorSchema) });
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema) });

/** Checks an OCI layout: one image for our machines, every blob of it there and what its name says. Answers its configuration. Throws a Refusal. */
export function inspectOciArchive(archive: ScannedArchive, index: ScannedFile): unknown {
  const [link] = archive.links.keys();
  if (link !== undefined) refuse(`the archive has a link, ${quoted(link)}; an OCI archive has none`);
  const { manifests } = parseJson(index, 'index.json', indexSchema);
  const [top] = manifests;
  if (top === undefined || manifests.length > 1)
    refuse(`the archive has ${manifests.length} images; hand in exactly one`);
  const manifest = parseJson(imageManifest(archive, top), 'the image manifest', manifestSchema);
  checkLayerCount(manifest.layers.length);
  for (const descriptor of [manifest.config, ...manifest.layers]) blobOf(archive, descriptor);
  return checkedConfig(blobOf(archive, manifest.config));
}

/** The manifest itself, or through an index by platform the one for our machines. */
function imageManifest(archive: ScannedArchive, top: Descriptor): ScannedFile {
  const blob = blobOf(archive, top);
  const { manifests } = parseJson(blob, 'the image manifest', indexSchema.partial());
  if (manifests === undefined) return blob;
  // Build tools file their attestations beside the image, as manifests for the platform unknown/unknown.
  const images = manifests.filter(
    ({ annotations, platform }) =>
      annotations?.['vnd.docker.reference.type'] === undefined && platform?.os !== 'unknown',
  );
  const platformOf = ({ platform }: Descriptor): string => `${platform?.os}/${platform?.architecture}`;
  const ours = images.length === 1 ? images : images.filter((image) => platformOf(image) === 'linux/amd64');
  const [image] = ours;
  if (images.length > 1) checkPlatforms(images.map(platformOf));
  if (image === undefined || ours.length > 1) refuse(`the archive has ${ours.length} images; hand in exactly one`);
  return blobOf(archive, image);
}

function blobOf(archive: ScannedArchive, { digest, size, urls }: Descriptor): ScannedFile {
  // Copying tools would fetch such a blob from the address given.
  if (urls !== undefined)
    refuse(`the blob ${digest} is to be fetched from elsewhere; the archive must hold everything`);
  const hex = digest.slice('sha256:'.length);
  const blob = archive.files.get(`blobs/sha256/${hex}`);
  if (blob === undefined) refuse(`the archive lacks the blob ${digest}`);
  if (blob.sha256 !== hex) refuse(`the blob ${digest} has other content: its sha256 is ${blob.sha256}`);
  if (blob.bytes !== size) refuse(`the blob ${digest} has ${blob.bytes} bytes, not the ${size} its descriptor says`);
  return blob;
}
