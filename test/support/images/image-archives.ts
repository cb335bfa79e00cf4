import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { tinyElf } from './tiny-elf.ts';

/** An entry of a hand-made tar, hostile or not. */
export type TarEntry = Partial<Header> & { name: string; content?: string | Buffer };

export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) tar.entry(header, content ?? '');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Variations of a tiny image. */
export interface TinyImage {
  architecture?: string;
  os?: string;
  layers?: number;
  /** Text in the last layer, so that images differ. */
  text?: string;
}

/** The uncompressed tar of a layer with these files; with a program `/start` as well. */
export const layerOf = (files: Record<string, string>, runs = false): Promise<Buffer> =>
  tarOf([
    ...(runs ? [{ name: 'start', mode: 0o755, mtime: new Date(0), content: exitsAtOnce }] : []),
    ...Object.entries(files).map(([name, content]) => ({ name, mtime: new Date(0), content })),
  ]);

/** exit(0) */
const exitsAtOnce = tinyElf(Buffer.from('31ffb83c0000000f05', 'hex'));

async function partsOf({ architecture = 'amd64', os = 'linux', layers = 1, text = 'hello' }: TinyImage) {
  const tars = await Promise.all(
    Array.from({ length: layers }, (_, n) => layerOf({ [`file-${n}`]: n === layers - 1 ? text : 'base' }, n === 0)),
  );
  const config = JSON.stringify({
    architecture,
    os,
    config: { Entrypoint: ['/start'] },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) },
  });
  return { tars, config };
}

/** The entries of an OCI layout with one image, index.json last; tests may change them before {@link tarOf}. */
export async function ociEntries(image: TinyImage = {}): Promise<TarEntry[]> {
  const { tars, config } = await partsOf(image);
  const type = 'application/vnd.oci.image';
  const described = (mediaType: string, content: string | Buffer) => ({
    mediaType,
    digest: `sha256:${sha256(content)}`,
    size: Buffer.byteLength(content),
  });
  const layers = tars.map((tar) => gzipSync(tar));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${type}.manifest.v1+json`,
    config: described(`${type}.config.v1+json`, config),
    layers: layers.map((layer) => described(`${type}.layer.v1.tar+gzip`, layer)),
  });
  const blobs = new Map([...layers, config, manifest].map((content) => [`blobs/sha256/${sha256(content)}`, content]));
  return [
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    ...Array.from(blobs, ([name, content]) => ({ name, content })),
    {
      name: 'index.json',
      content: JSON.stringify({ schemaVersion: 2, manifests: [described(`${type}.manifest.v1+json`, manifest)] }),
    },
  ];
}

/** The entries of a `docker save` archive of one image, with a link as for a repeated layer; manifest.json last. */
export async function dockerEntries(image: TinyImage = {}): Promise<TarEntry[]> {
  const { tars, config } = await partsOf(image);
  const layers = new Map(tars.map((tar) => [`${sha256(tar)}.tar`, tar]));
  const names = tars.map((tar) => `${sha256(tar)}.tar`);
  return [
    ...Array.from(layers, ([name, content]) => ({ name, content })),
    { name: `${sha256(config)}.json`, content: config },
    { name: 'old-id/layer.tar', type: 'symlink', linkname: `../${names[0]}` },
    {
      name: 'manifest.json',
      content: JSON.stringify([{ Config: `${sha256(config)}.json`, RepoTags: null, Layers: names }]),
    },
  ];
}
