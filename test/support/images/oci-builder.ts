import { gzipSync } from 'node:zlib';
import { layerOf, sha256, type TarEntry } from './image-archives.ts';

export const oci = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};
export const docker = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

export type Fields = Record<string, unknown>;
export type Descriptor = Fields & { digest: string; size: number };

/** A layer of a test image: its uncompressed tar and its compression. */
export interface BuiltLayer {
  tar: Buffer;
  pack?: (tar: Buffer) => Buffer;
  /** Fields of its descriptor. */
  fields?: Fields;
}

/** The layers of a small image that runs, `text` in the last one. */
export const layersOf = async (text = 'hello', layers = 2): Promise<BuiltLayer[]> =>
  Promise.all(
    Array.from({ length: layers }, async (_, n) => ({
      tar: await layerOf({ [`file-${n}`]: n === layers - 1 ? text : 'base' }, n === 0),
    })),
  );

export const configOf = (layers: readonly BuiltLayer[], fields: Fields = {}): Fields => ({
  architecture: 'amd64',
  os: 'linux',
  config: { Env: ['PATH=/'], Entrypoint: ['/start'] },
  rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => `sha256:${sha256(tar)}`) },
  ...fields,
});

/** Builds OCI layouts of any shape, valid and invalid ones. */
export class OciBuilder {
  readonly blobs = new Map<string, Buffer>();

  put(content: unknown, fields: Fields = {}): Descriptor {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = sha256(bytes);
    this.blobs.set(`blobs/sha256/${hex}`, bytes);
    return { digest: `sha256:${hex}`, size: bytes.length, ...fields };
  }

  layer({ tar, pack = gzipSync, fields = {} }: BuiltLayer): Descriptor {
    return this.put(pack(tar), { mediaType: `${oci.layer}+gzip`, ...fields });
  }

  /** `config` and `manifest` add fields to the configuration and to the manifest, `fields` to its descriptor. */
  image(
    layers: readonly BuiltLayer[],
    { config = {}, configType = oci.config, manifest = {}, fields = {} }: ImageFields = {},
  ): Descriptor {
    return this.put(
      {
        schemaVersion: 2,
        mediaType: oci.manifest,
        config: this.put(configOf(layers, config), { mediaType: configType }),
        layers: layers.map((layer) => this.layer(layer)),
        ...manifest,
      },
      { mediaType: oci.manifest, ...fields },
    );
  }

  index(manifests: readonly unknown[], fields: Fields = {}): Descriptor {
    return this.put({ schemaVersion: 2, mediaType: oci.index, manifests }, { mediaType: oci.index, ...fields });
  }

  /** The entries of the archive, index.json last; `index` adds fields to it. */
  entries(manifests: readonly unknown[], index: Fields = {}): TarEntry[] {
    return [
      { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      ...Array.from(this.blobs, ([name, content]) => ({ name, content })),
      { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests, ...index }) },
    ];
  }
}

export interface ImageFields {
  config?: Fields;
  configType?: string | null;
  manifest?: Fields;
  fields?: Fields;
}

/** The entries of a `docker save` archive, manifest.json last. Layers are plain unless they have a compression. */
export function dockerArchive(
  layers: readonly BuiltLayer[],
  { config = {}, manifest = {}, configName, layerName = (hex) => `${hex}.tar` }: DockerFields = {},
): TarEntry[] {
  const content = JSON.stringify(configOf(layers, config));
  const Config = configName ?? `${sha256(content)}.json`;
  const files = new Map(
    layers.map(({ tar, pack = (same) => same }) => [layerName(sha256(pack(tar))), pack(tar)] as const),
  );
  const Layers = layers.map(({ tar, pack = (same) => same }) => layerName(sha256(pack(tar))));
  return [
    ...Array.from(files, ([name, content]) => ({ name, content })),
    { name: Config, content },
    { name: 'manifest.json', content: JSON.stringify([{ Config, RepoTags: ['team/model:1'], Layers, ...manifest }]) },
  ];
}

export interface DockerFields {
  config?: Fields;
  manifest?: Fields;
  configName?: string;
  layerName?: (hex: string) => string;
}

/** The layers without compression. */
export const plain = (layers: readonly BuiltLayer[]): BuiltLayer[] =>
  layers.map((layer) => ({ ...layer, pack: (tar) => tar }));
