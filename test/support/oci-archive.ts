import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { tarOf, type TarEntry } from './image-archives.ts';

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

export type Descriptor = { mediaType: string; digest: string; size: number } & Record<string, unknown>;

/** What is unusual about a hand-made image; what is left out is as build tools write it. */
export interface HandMadeImage {
  layers: Buffer[];
  /** Fields of the configuration's `config` that replace the usual ones. */
  config?: Record<string, unknown>;
  architecture?: string;
  mediaTypes?: { manifest?: string; config?: string; layer?: string };
  /** How a layer is stored; gzip when left out. */
  store?: (layer: Buffer) => Buffer;
  /** Further fields of the descriptor that names the image. */
  described?: Record<string, unknown>;
}

/** An OCI layout in a tar, made blob by blob, so that every part of it can be wrong. */
export class OciArchive {
  private readonly blobs = new Map<string, Buffer>();

  put(content: Buffer | object, mediaType: string, further: Record<string, unknown> = {}): Descriptor {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    this.blobs.set(`blobs/sha256/${hex}`, bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length, ...further };
  }

  image(image: HandMadeImage): Descriptor {
    const { layers, config = {}, architecture = 'amd64', mediaTypes = {}, store = gzipSync, described = {} } = image;
    const configuration = {
      architecture,
      os: 'linux',
      config: { Env: ['PATH=/bin'], Entrypoint: ['/run.sh'], WorkingDir: '/', ...config },
      rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest ?? types.manifest,
      config: this.put(configuration, mediaTypes.config ?? types.config),
      layers: layers.map((layer) => this.put(store(layer), mediaTypes.layer ?? types.layer)),
    };
    return this.put(manifest, manifest.mediaType, described);
  }

  index(manifests: Descriptor[]): Descriptor {
    return this.put({ schemaVersion: 2, mediaType: types.index, manifests }, types.index);
  }

  async write(path: string, manifests: Descriptor[]): Promise<void> {
    const index = JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests });
    const entries = [
      { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      ...Array.from(this.blobs, ([name, content]) => ({ name, content })),
      { name: 'index.json', content: index },
    ];
    writeFileSync(path, await tarOf(entries));
  }
}

const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const commands = ['sh', 'cat', 'cp', 'dd', 'echo', 'id', 'ls', 'mkdir', 'sleep', 'test', 'touch'];

/** A layer with busybox and what scripts need: commands under /bin, /tmp, /app, an account. */
export function busyboxLayer(): Promise<Buffer> {
  return tarOf([
    folder('bin'),
    { name: 'bin/busybox', mode: 0o755, content: readFileSync('/bin/busybox') },
    ...commands.map((command): TarEntry => ({ name: `bin/${command}`, type: 'symlink', linkname: 'busybox' })),
    folder('etc'),
    { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\n' },
    folder('tmp', 0o1777),
    folder('app'),
  ]);
}

export const folder = (name: string, mode = 0o755): TarEntry => ({ name, type: 'directory', mode });

/** A layer with one script, /run.sh, the usual entry point. */
export const scriptLayer = (body: string, mode = 0o755): Promise<Buffer> =>
  tarOf([{ name: 'run.sh', mode, content: `#!/bin/sh\n${body}\n` }]);
