import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob } from '../archive/blob-folder.ts';
import type { InspectedLayer } from '../layers/inspect-layer.ts';
import { sha256 } from '../../sha256.ts';

/** The tag of the only image in our layouts: `oci:<folder>:image`. */
export const layoutTag = 'image';

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

/** An inspected layer and its file. */
export interface AcceptedLayer extends Blob {
  path: string;
  compression: InspectedLayer['compression'];
}

/**
 * Writes an OCI layout with exactly one image (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
 * Layers become hard links. Equal parts give an equal manifest. Returns its digest, `sha256:…`.
 */
export async function writeLayout(
  folder: string,
  configuration: object,
  layers: readonly AcceptedLayer[],
): Promise<string> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, content: object) => {
    const text = JSON.stringify(content);
    const hex = sha256(text);
    await writeFile(join(blobs, hex), text);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };
  for (const [hex, { path }] of new Map(layers.map((layer) => [layer.sha256, layer])))
    await link(path, join(blobs, hex));
  const manifest = await put(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await put(mediaTypes.config, configuration),
    layers: layers.map(({ sha256, bytes, compression }) => ({
      mediaType: mediaTypes[compression],
      digest: `sha256:${sha256}`,
      size: bytes,
    })),
  });
  const annotations = { 'org.opencontainers.image.ref.name': layoutTag };
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return manifest.digest;
}
