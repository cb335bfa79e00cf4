import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { tarOf, type TarEntry } from './image-archives.ts';
import { oci, type Descriptor, type Fields, type OciBuilder } from './oci-builder.ts';

/** Deviations of a runnable image from the output of usual build tools. */
export interface RunnableImage {
  layers: Buffer[];
  /** Fields of the configuration's `config` that replace the usual ones. */
  config?: Fields;
  architecture?: string;
  mediaTypes?: { manifest?: string; config?: string; layer?: string };
  /** Compression of the layers; gzip by default. */
  store?: (layer: Buffer) => Buffer;
  /** Further fields of the descriptor that names the image. */
  described?: Fields;
}

export function addImage(archive: OciBuilder, image: RunnableImage): Descriptor {
  const { layers, config = {}, architecture = 'amd64', mediaTypes = {}, store = gzipSync, described = {} } = image;
  const manifestType = mediaTypes.manifest ?? oci.manifest;
  return archive.image(
    layers.map((tar) => ({ tar, pack: store, fields: { mediaType: mediaTypes.layer ?? `${oci.layer}+gzip` } })),
    {
      config: { architecture, config: { Env: ['PATH=/bin'], Entrypoint: ['/run.sh'], WorkingDir: '/', ...config } },
      configType: mediaTypes.config ?? oci.config,
      manifest: { mediaType: manifestType },
      fields: { mediaType: manifestType, ...described },
    },
  );
}

export const writeArchive = async (path: string, archive: OciBuilder, tops: readonly unknown[]): Promise<void> =>
  writeFileSync(path, await tarOf(archive.entries(tops)));

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

const folder = (name: string, mode = 0o755): TarEntry => ({ name, type: 'directory', mode });

/** A layer with one script, /run.sh, the usual entry point. */
export const scriptLayer = (body: string, mode = 0o755): Promise<Buffer> =>
  tarOf([{ name: 'run.sh', mode, content: `#!/bin/sh\n${body}\n` }]);
