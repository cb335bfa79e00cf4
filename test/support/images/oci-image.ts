import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The content of a test image besides busybox and its commands under /bin. */
export interface ImageRecipe {
  /** A shell script, which becomes the entry point. */
  script?: string;
  /** More files by absolute path; `mode` defaults to 0755. */
  files?: Record<string, { content: string | Buffer; mode?: number }>;
  /** Symbolic links by absolute path. */
  links?: Record<string, string>;
  /** Modes of folders by absolute path; a missing folder is created. */
  folders?: Record<string, number>;
  /** Fields of the image config that replace the defaults: Env, Entrypoint, WorkingDir, Volumes … */
  config?: Record<string, unknown>;
  architecture?: string;
}

/** An image in a layout folder, as a skopeo reference, with the sha256 of its manifest. */
export interface LayoutImage {
  reference: string;
  digest: string;
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

/**
 * Writes an image into an OCI layout folder without any engine, under a tag; the same recipe gives the same digest. The
 * folder is created if it is missing and may hold many images, which share the layer with busybox.
 */
export function buildImage(layout: string, tag: string, recipe: ImageRecipe): LayoutImage {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const layers = [busyboxLayer(layout), recipeLayer(layout, recipe)];
  const config = {
    architecture: recipe.architecture ?? 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'], Entrypoint: ['/entry'], ...recipe.config },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: putBlob(layout, types.config, JSON.stringify(config)),
    layers,
  };
  const descriptor = putBlob(layout, types.manifest, JSON.stringify(manifest));
  putTag(layout, tag, descriptor);
  return { reference: `oci:${layout}:${tag}`, digest: descriptor.digest };
}

function busyboxLayer(layout: string): Descriptor {
  return layerOf(layout, (root) => {
    mkdirSync(join(root, 'bin'));
    cpSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const command of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n')) {
      if (command !== '' && command !== 'busybox') symlinkSync('busybox', join(root, 'bin', command));
    }
  });
}

function recipeLayer(layout: string, { script, files = {}, links = {}, folders = {} }: ImageRecipe): Descriptor {
  const entry = script === undefined ? {} : { '/entry': { content: `#!/bin/sh\n${script}\n` } };
  return layerOf(layout, (root) => {
    for (const [path, { content, mode = 0o755 }] of Object.entries<{ content: string | Buffer; mode?: number }>({
      ...entry,
      ...files,
    })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
      chmodSync(join(root, path), mode);
    }
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
    for (const [path, mode] of Object.entries(folders)) {
      mkdirSync(join(root, path), { recursive: true });
      chmodSync(join(root, path), mode);
    }
  });
}

function layerOf(layout: string, fill: (root: string) => void): Descriptor {
  const root = mkdtempSync(join(tmpdir(), 'holdout-layer-'));
  try {
    chmodSync(root, 0o755);
    fill(root);
    const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
    const tar = execFileSync('tar', [...plain, '-C', root, '-cf', '-', '.'], { maxBuffer: 2 ** 30 });
    return putBlob(layout, types.layer, tar);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function putBlob(layout: string, mediaType: string, content: string | Buffer): Descriptor {
  const hex = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', hex), content);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
}

function putTag(layout: string, tag: string, descriptor: Descriptor): void {
  const file = join(layout, 'index.json');
  const name = 'org.opencontainers.image.ref.name';
  const index = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { manifests: Descriptor[] })
    : { schemaVersion: 2, manifests: [] };
  const others = index.manifests.filter(({ annotations }) => annotations?.[name] !== tag);
  const manifests = [...others, { ...descriptor, annotations: { [name]: tag } }];
  writeFileSync(file, JSON.stringify({ ...index, manifests }));
}
