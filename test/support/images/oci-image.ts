import { execFileSync } from 'node:child_process';
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
import { oci, OciBuilder, type Descriptor } from './oci-builder.ts';

/** The content of a test image, in addition to busybox and its commands under /bin. */
export interface ImageRecipe {
  /** A shell script, which becomes the entry point. */
  script?: string;
  /** Other files by absolute path; `mode` defaults to 0755. */
  files?: Record<string, { content: string | Buffer; mode?: number }>;
  /** Symbolic links by absolute path. */
  links?: Record<string, string>;
  /** Modes of folders by absolute path; missing folders are made. */
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

/**
 * Writes an image into an OCI layout folder under a tag, without an engine; the same recipe gives the same digest. Makes the
 * folder if it is missing. It may hold many images, which share the layer with busybox.
 */
export function buildImage(layout: string, tag: string, recipe: ImageRecipe): LayoutImage {
  const builder = new OciBuilder();
  const layers = [busyboxLayer(), recipeLayer(recipe)].map((tar) => ({
    tar,
    pack: (same: Buffer) => same,
    fields: { mediaType: oci.layer },
  }));
  const { architecture = 'amd64', config = {} } = recipe;
  const descriptor = builder.image(layers, {
    config: { architecture, config: { Env: ['PATH=/bin'], Entrypoint: ['/entry'], ...config } },
  });
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const [name, content] of builder.blobs) writeFileSync(join(layout, name), content);
  putTag(layout, tag, descriptor);
  return { reference: `oci:${layout}:${tag}`, digest: descriptor.digest };
}

function busyboxLayer(): Buffer {
  return tarOf((root) => {
    mkdirSync(join(root, 'bin'));
    cpSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const command of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n')) {
      if (command !== '' && command !== 'busybox') symlinkSync('busybox', join(root, 'bin', command));
    }
  });
}

function recipeLayer({ script, files = {}, links = {}, folders = {} }: ImageRecipe): Buffer {
  const entry = script === undefined ? {} : { '/entry': { content: `#!/bin/sh\n${script}\n` } };
  return tarOf((root) => {
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

function tarOf(fill: (root: string) => void): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'holdout-layer-'));
  try {
    chmodSync(root, 0o755);
    fill(root);
    const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
    return execFileSync('tar', [...plain, '-C', root, '-cf', '-', '.'], { maxBuffer: 2 ** 30 });
  } finally {
    rmSync(root, { recursive: true });
  }
}

type TaggedDescriptor = Descriptor & { annotations?: Record<string, string> };

function putTag(layout: string, tag: string, descriptor: Descriptor): void {
  const file = join(layout, 'index.json');
  const name = 'org.opencontainers.image.ref.name';
  const index = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { manifests: TaggedDescriptor[] })
    : { schemaVersion: 2, manifests: [] };
  const others = index.manifests.filter(({ annotations }) => annotations?.[name] !== tag);
  const manifests = [...others, { ...descriptor, annotations: { [name]: tag } }];
  writeFileSync(file, JSON.stringify({ ...index, manifests }));
}
