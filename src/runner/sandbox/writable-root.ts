import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { holdoutError } from '../../errors.ts';
import { succeed } from './command.ts';
import { mountPoints, workingDirectory } from './container-flags.ts';
import type { ContainerEngine } from './engine.ts';
import type { EngineImage } from './engine-image.ts';
import { leadsThroughFolders, clearMountPoint } from './clear-mount-points.ts';
import { mountLayer, mountRoot } from './mounts.ts';
import type { RunPaths } from './run-paths.ts';
import { type NeverStarted, refusedStart } from './start-refusal.ts';

interface RootRequest {
  engine: ContainerEngine;
  image: EngineImage;
  place: RunPaths;
  spec: RunSpec;
}

/**
 * Mounts the image's files at `place.root` with a size-limited layer above them, and makes the submission's user the owner of
 * the work folder. The image's own layers do not change. Returns why the engine refuses the image, if it does. Throws
 * ROOT_NOT_WRITABLE.
 */
export async function makeWritableRoot({ engine, image, place, spec }: RootRequest): Promise<NeverStarted | undefined> {
  if (engine.name !== 'podman') throw holdoutError('ROOT_NOT_WRITABLE', { engine: engine.name });
  // First, because this folder tells releaseHost that there may be a base container.
  await mkdir(place.root);
  const refused = await engine.create(baseArguments(place, image));
  if (refused !== undefined) return refusedStart(refused.refusal);
  const lower = await engine.mount(place.base);
  const workFolder = workingDirectory(image);
  const ownedFolder = (await leadsThroughFolders(workFolder, lower)) ? workFolder : undefined;
  const kinds = ownedFolder === undefined ? '' : await kindsOfEntries(lower, ownedFolder);
  await mountLayer(place, spec.limits.outputBytes + spaceForNames(kinds), kinds.length);
  const upper = join(place.layer, 'upper');
  for (const folder of [upper, join(place.layer, 'work')]) await mkdir(folder);
  await chmod(upper, 0o755);
  await clearMountPoint({ upper, lowers: [lower] }, mountPoints(spec));
  await mountRoot(place, lower);
  if (ownedFolder !== undefined) await changeOwner(place, ownedFolder);
  return undefined;
}

const baseArguments = ({ base }: RunPaths, { id }: EngineImage): string[] => [
  `--name=${base}`,
  '--pull=never',
  '--network=none',
  '--image-volume=ignore',
  '--label=io.containers.autoupdate=disabled',
  id,
  'never-started',
];

/** The type letter, as printed by find(1), of each entry that {@link changeOwner} will touch. */
const kindsOfEntries = (root: string, workFolder: string): Promise<string> =>
  succeed([...find(root, workFolder), '-printf', '%y']);

/** Bytes: a block for each entry that is no file, and the longest name for every entry. */
const spaceForNames = (kinds: string): number => 4096 * kinds.replaceAll('f', '').length + 264 * kinds.length;

const changeOwner = ({ root, user }: RunPaths, workFolder: string): Promise<string> =>
  succeed([...find(root, workFolder), '-exec', 'chown', '--no-dereference', user, '{}', '+']);

/** The work folder and everything below it; only the folder itself if that is the root. */
const find = (root: string, workFolder: string): string[] => [
  'find',
  join(root, workFolder),
  ...(workFolder === '/' ? ['-maxdepth', '0'] : []),
];
