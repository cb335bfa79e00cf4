import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { layerOf } from '../../test/support/images/image-archives.ts';

export type Packing = 'plain' | 'gzip' | 'zstd';

const fileBytes = 8 * 2 ** 20;
const layers = 4;
/** Machine-learning images contain weights, which do not compress, and libraries and texts, which do. */
const shareOfText = 0.5;
/** Programs that compress as image builders do, on one core. */
const packers: Readonly<Record<Packing, string[]>> = {
  plain: ['cat'],
  gzip: ['gzip', '-c', '-4'],
  zstd: ['zstd', '-qc', '-3'],
};

/**
 * Writes an OCI archive of about `bytes` bytes in four layers, unless it exists. Returns its path.
 */
export async function largeArchive(folder: string, packing: Packing, bytes: number): Promise<string> {
  const archive = join(folder, `${packing}-${bytes}.tar`);
  if (existsSync(archive)) return archive;
  const layout = join(folder, `layout-${packing}`);
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const type = 'application/vnd.oci.image';
  const suffix = packing === 'plain' ? '' : `+${packing}`;
  const parts = [await layerFile(layout, packing, await layerOf({}, true))];
  for (let layer = 0; layer < layers; layer += 1) parts.push(await layerFile(layout, packing, bytes / layers));
  const put = (mediaType: string, content: object): object => {
    const text = JSON.stringify(content);
    const hex = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), text);
    return { mediaType: `${type}.${mediaType}`, digest: `sha256:${hex}`, size: text.length };
  };
  const config = put('config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/start'] },
    rootfs: { type: 'layers', diff_ids: parts.map(({ diffId }) => diffId) },
  });
  const described = parts.map(({ digest, size }) => ({ mediaType: `${type}.layer.v1.tar${suffix}`, digest, size }));
  const manifest = put('manifest.v1+json', { schemaVersion: 2, config, layers: described });
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  execFileSync('tar', ['-C', layout, '-cf', `${archive}.part`, 'oci-layout', 'index.json', 'blobs']);
  renameSync(`${archive}.part`, archive);
  rmSync(layout, { recursive: true });
  return archive;
}

interface LayerFile {
  digest: string;
  size: number;
  diffId: string;
}

/** Packs the given tar, or one of random files with about the given size after packing. */
async function layerFile(layout: string, packing: Packing, content: Buffer | number): Promise<LayerFile> {
  const [plain, packed] = [join(layout, 'plain'), join(layout, 'packed')];
  if (Buffer.isBuffer(content)) writeFileSync(plain, content);
  else await writeFiles(plain, packing === 'plain' ? content : content / sizeWhenPacked);
  const [program = '', ...args] = packers[packing];
  execFileSync('sh', ['-c', `${[program, ...args].join(' ')} < "$0" > "$1"`, plain, packed]);
  const [diffId, digest] = [await sha256Of(plain), await sha256Of(packed)];
  rmSync(plain);
  renameSync(packed, join(layout, 'blobs/sha256', digest));
  const { size } = statSync(join(layout, 'blobs/sha256', digest));
  return { digest: `sha256:${digest}`, size, diffId: `sha256:${diffId}` };
}

/** Approximate, measured with both packers. */
const sizeWhenPacked = 0.7;

async function writeFiles(path: string, bytes: number): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(path));
  for (let file = 0; file * fileBytes < bytes; file += 1) await addFile(tar, `weights/${file}.bin`);
  tar.finalize();
  await written;
}

function addFile(tar: Pack, name: string): Promise<void> {
  const content = Buffer.alloc(fileBytes);
  randomFillSync(content);
  writeText(content.subarray(0, fileBytes * shareOfText));
  return new Promise((resolve, reject) => {
    tar.entry({ name, mtime: new Date(0) }, content, (error) => (error ? reject(error) : resolve()));
  });
}

const words = Array.from({ length: 4_096 }, (_, n) =>
  Buffer.from(
    `${createHash('md5')
      .update(`${n}`)
      .digest('base64')
      .slice(0, 3 + (n % 9))} `,
  ),
);

/** Words in random order, so that no packer finds long repetitions. */
function writeText(content: Buffer): void {
  const choices = randomFillSync(new Uint16Array(content.length / 4));
  let at = 0;
  for (const choice of choices) {
    if (at >= content.length) return;
    at += words[choice % words.length]?.copy(content, at) ?? 0;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
