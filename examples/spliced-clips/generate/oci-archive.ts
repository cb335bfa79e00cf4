import type { Pack } from 'tar-stream';
import { blobOf, type Blob, type Layer } from './layer.ts';
import { file, folder, tarOf } from './tar.ts';

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

const architectures: Partial<Record<string, string>> = { x64: 'amd64' };

/** A complete image archive (`oci-archive`) of these layers, lowest first, that starts `entrypoint`. */
export function ociArchive(name: string, layers: readonly Layer[], entrypoint: string[]): Pack {
  const platform = { architecture: architectures[process.arch] ?? process.arch, os: 'linux' };
  const config = jsonBlob({
    created: new Date(0).toISOString(),
    ...platform,
    config: { Entrypoint: entrypoint, Env: ['PATH=/usr/bin:/bin'], WorkingDir: '/app' },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptor(mediaTypes.config, config),
    layers: layers.map((layer) => descriptor(mediaTypes.layer, layer)),
  });
  const annotations = { 'org.opencontainers.image.ref.name': name };
  const index = jsonBlob({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...descriptor(mediaTypes.manifest, manifest), platform, annotations }],
  });
  return tarOf([
    file('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')),
    file('index.json', index.content),
    folder('blobs'),
    folder('blobs/sha256'),
    ...[manifest, config, ...layers].map(({ digest, content }) => file(`blobs/${digest.replace(':', '/')}`, content)),
  ]);
}

const jsonBlob = (value: unknown): Blob => blobOf(Buffer.from(JSON.stringify(value)));

const descriptor = (mediaType: string, { digest, content }: Blob): object => ({
  mediaType,
  digest,
  size: content.length,
});
