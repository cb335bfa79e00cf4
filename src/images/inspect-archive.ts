import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFiles } from './archive/archive-files.ts';
import { baseImageOf } from './base/base-image.ts';
import { BlobFolder, type Blob } from './archive/blob-folder.ts';
import { acceptedConfiguration, type ConfigurationOptions } from './configuration/configuration.ts';
import { ImageTree } from './layers/image-tree.ts';
import { maxLayers } from './layers/layer-limits.ts';
import { inspectLayer } from './layers/inspect-layer.ts';
import { namedImage } from './manifests/named-image.ts';
import { Refusal, refuse } from './refusal.ts';
import { readArchive, type ArchiveContent } from './archive/read-archive.ts';
import { readFolder } from './archive/read-folder.ts';
import { writeLayout, type AcceptedLayer } from './store/write-oci-layout.ts';
import type { ArchiveLimits } from './archive/archive-limits.ts';

/**
 * `layout`: a folder with an OCI layout that Holdout wrote from the inspected parts only; `digest` (sha256:…) is that
 * of its manifest. `base`: see {@link baseImageOf}. `withheld`: the ignored settings of the image, as text. `refused`
 * is the team's fault; `why` is one safe sentence without any text from the image.
 */
export type InspectedArchive =
  | { kind: 'accepted'; layout: string; digest: string; base: string | null; withheld: string[] }
  | { kind: 'refused'; why: string };

export interface InspectionOptions {
  limits: ArchiveLimits;
  /** An empty folder with room for the unpacked archive. It holds the layout afterwards. */
  into: string;
  /** The campaign's settings for the container. */
  container?: ConfigurationOptions;
}

/**
 * The gate for handed-in images. Reads the archive once, before any other program does, and rewrites its one image for
 * linux/amd64. Only the rewritten image goes any further. Throws when the disk fails.
 */
export async function inspectArchive(path: string, options: InspectionOptions): Promise<InspectedArchive> {
  return inspect(options, (blobs) => readArchive(path, options.limits, blobs));
}

/** Like {@link inspectArchive}, for an image that skopeo copied from a registry into a folder (`dir:`). */
export async function inspectFolder(folder: string, options: InspectionOptions): Promise<InspectedArchive> {
  return inspect(options, (blobs) => readFolder(folder, options.limits, blobs));
}

async function inspect(
  { limits, into, container = {} }: InspectionOptions,
  read: (blobs: BlobFolder) => Promise<ArchiveContent>,
): Promise<InspectedArchive> {
  const folder = join(into, 'blobs');
  await mkdir(folder, { recursive: true });
  const blobs = new BlobFolder(folder);
  try {
    const image = await namedImage(new ArchiveFiles(await read(blobs), blobs));
    const tree = new ImageTree();
    const { layers, diffIds } = await inspectLayers(image.layers(), limits, tree, blobs);
    // The platform is already checked; some tools leave it out or spell it differently.
    const configuration = { ...image.configuration, os: 'linux', architecture: 'amd64' };
    const { json, withheld } = acceptedConfiguration(configuration, diffIds, tree, container);
    const layout = join(into, 'layout');
    const digest = await writeLayout(layout, json, layers);
    return { kind: 'accepted', layout, digest, base: baseImageOf(configuration), withheld };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', why: error.message };
    throw error;
  }
}

async function inspectLayers(
  files: readonly Blob[],
  { unpackedBytes }: ArchiveLimits,
  tree: ImageTree,
  blobs: BlobFolder,
): Promise<{ layers: AcceptedLayer[]; diffIds: string[] }> {
  if (files.length === 0) refuse('the image has no layers');
  if (files.length > maxLayers) refuse(`the image has ${files.length} layers, at most ${maxLayers} can be mounted`);
  const layers: AcceptedLayer[] = [];
  const diffIds: string[] = [];
  let left = unpackedBytes;
  for (const file of files) {
    const path = blobs.path(file);
    const layer = await inspectLayer(path, { unpackedBytes: left }, tree);
    left -= layer.unpackedBytes;
    layers.push({ ...file, path, compression: layer.compression });
    diffIds.push(layer.diffId);
  }
  return { layers, diffIds };
}
