import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { holdoutError } from '../../errors.ts';
import { succeed } from './command.ts';
import { mountPoints, workingDirectory } from './confinement.ts';
import type { ContainerEngine, EngineImage } from './engine.ts';
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
 * Mounts the image's files at `place.root` with a capped layer above them and gives the work folder to the submission's
 * user. The image's own layers do not change. Returns why the engine refuses the image, if it does; throws
 * ROOT_NOT_WRITABLE.
 */
export async function makeWritableRoot({ engine, image, place, spec }: RootRequest): Promise<NeverStarted | undefined> {
  if (engine.name !== 'podman') throw holdoutError('ROOT_NOT_WRITABLE', { engine: engine.name });
  // First of all: by this folder the release knows that there may be a base.
  await mkdir(place.root);
  const refused = await engine.create(baseArguments(place, image));
  if (refused !== undefined) return refusedStart(refused.refusal);
  const lower = await engine.mount(place.base);
  const workFolder = workingDirectory(image);
  const given = (await leadsThroughFolders(workFolder, lower)) ? workFolder : undefined;
  const kinds = given === undefined ? '' : await kindsOfEntries(lower, given);
  await mountLayer(place, spec.limits.outputBytes + roomForNames(kinds), kinds.length);
  const upper = join(place.layer, 'upper');
  for (const folder of [upper, join(place.layer, 'work')]) await mkdir(folder);
  await chmod(upper, 0o755);
  await clearMountPoint({ upper, lowers: [lower] }, mountPoints(spec));
  await mountRoot(place, lower);
  if (given !== undefined) await giveAway(place, given);
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

/** A letter for each file and folder that {@link giveAway} will touch, as find(1) has it: `d` is a folder. */
const kindsOfEntries = (root: string, workFolder: string): Promise<string> =>
  succeed([...find(root, workFolder), '-printf', '%y']);

/** In bytes: a block for each that is no file, and the longest name. */
const roomForNames = (kinds: string): number => 4096 * kinds.replaceAll('f', '').length + 264 * kinds.length;

const giveAway = ({ root, user }: RunPaths, workFolder: string): Promise<string> =>
  succeed([...find(root, workFolder), '-exec', 'chown', '--no-dereference', user, '{}', '+']);

/** The work folder and all that is below it; of an image that works in its root folder, that folder alone. */
const find = (root: string, workFolder: string): string[] => [
  'find',
  join(root, workFolder),
  ...(workFolder === '/' ? ['-maxdepth', '0'] : []),
];
