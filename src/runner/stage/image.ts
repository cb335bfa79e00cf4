import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import type { EngineImage } from '../sandbox/engine-image.ts';
import { withLock } from '../sandbox/lock.ts';
import { sha256 } from '../../sha256.ts';
import { fromStore } from './image-store-command.ts';

interface ProvideImage {
  engine: ContainerEngine;
  image: RunSpec['image'];
  scratch: string;
  /** Accessible to root only; for a temporary archive and the login to a registry. */
  folder: string;
  stop: AbortSignal;
}

/**
 * Loads the pinned image into the engine, unless it is there. The image gets its name, which contains its digest, only after
 * its manifest and layers were checked. Throws IMAGE_DIFFERS if the store has a different image.
 */
export async function provideImage(request: ProvideImage): Promise<EngineImage> {
  const { engine, image, scratch, stop } = request;
  const name = `localhost/holdout:${image.digest.replace(':', '-')}`;
  const lockFile = join(scratch, 'locks', `image-${image.digest.replace(':', '-')}`);
  return (
    (await engine.findImage(name)) ??
    withLock(lockFile, stop, async () => (await engine.findImage(name)) ?? loadChecked(name, request))
  );
}

async function loadChecked(name: string, request: ProvideImage): Promise<EngineImage> {
  const { engine } = request;
  const { reference, digest } = request.image;
  const manifest = await inspect(['--raw', reference], digest, request);
  const configDigest = (JSON.parse(manifest) as { config?: { digest: string } }).config?.digest ?? 'a single manifest';
  const config = JSON.parse(await inspect(['--config', '--raw', reference], configDigest, request)) as ImageConfig;
  const candidate = `${name}-unchecked`;
  await load(candidate, request);
  const loaded = await engine.findImage(candidate);
  const expected = config.rootfs.diff_ids.join(' ');
  if (loaded?.layers.join(' ') !== expected) {
    throw holdoutError('IMAGE_DIFFERS', { reference, expected, found: loaded?.layers.join(' ') ?? 'nothing' });
  }
  await engine.renameImage(candidate, name);
  return loaded;
}

interface ImageConfig {
  rootfs: { diff_ids: string[] };
}

/** The manifest or configuration of an image, whose sha256 must be the digest. */
async function inspect(what: string[], digest: string, request: ProvideImage): Promise<string> {
  const text = await fromStore(['skopeo', 'inspect', ...what], request);
  const found = `sha256:${sha256(text)}`;
  if (found !== digest) throw holdoutError('IMAGE_DIFFERS', { reference: what.join(' '), expected: digest, found });
  return text;
}

/**
 * Podman shares its storage with skopeo. With docker the image goes through an archive, because docker cannot read a layout
 * folder and older skopeo cannot talk to newer daemons.
 */
async function load(name: string, request: ProvideImage): Promise<void> {
  const { engine, folder, stop } = request;
  const { reference } = request.image;
  if (engine.name === 'docker' && reference.startsWith('docker://')) {
    const image = reference.slice('docker://'.length);
    await fromStore(engine.pullCommand(image), request);
    return engine.tagImage(image, name);
  }
  const archive = join(folder, 'image.tar');
  const target = engine.name === 'podman' ? `${await engine.storage()}${name}` : `docker-archive:${archive}:${name}`;
  await fromStore(['skopeo', 'copy', '--quiet', reference, target], request);
  if (engine.name === 'podman') return;
  await engine.loadArchive(archive, stop);
  await rm(archive);
}
