import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { lastLines } from '../../run-command.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import { mountInputs, mountOutput, mountTemporary } from '../sandbox/mounts.ts';
import { releaseHost } from '../sandbox/release.ts';
import type { RunPaths } from '../sandbox/run-paths.ts';

/**
 * Makes each kind of mount that a run has, puts a file into it and lets a container of the runner's own image print the files.
 * Throws MOUNT_NOT_SEEN with the mounts that it does not see.
 */
export async function checkMounts(engine: ContainerEngine, place: RunPaths, image: string): Promise<void> {
  try {
    const files = await mountProbes(place);
    const { stdout, stderr } = await engine.call(['run', '--rm', ...probeArguments(place, image, files)]);
    const mounts = files.map(nameOf).filter((name) => !stdout.includes(`${contentOf(name)}\n`));
    if (mounts.length > 0) throw holdoutError('MOUNT_NOT_SEEN', { mounts, cause: lastLines(stderr, 2) });
  } finally {
    await releaseHost(engine, place);
  }
}

const contentOf = (mount: string): string => `holdout sees ${mount}`;
const nameOf = (file: string): string => basename(dirname(file));

/** One file in each mount. */
async function mountProbes(place: RunPaths): Promise<string[]> {
  const folder = join(place.folder, 'staged');
  const files = [place.inputs, place.output, place.temporary].map((mount) => join(mount, 'probe'));
  const [staged = '', ...written] = files;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'probe'), `${contentOf(nameOf(staged))}\n`);
  await mountInputs(place, folder);
  await mountOutput(place, 2 ** 20);
  await mountTemporary(place, 1);
  for (const file of written) await writeFile(file, `${contentOf(nameOf(file))}\n`);
  return files;
}

const probeArguments = (place: RunPaths, image: string, files: readonly string[]): string[] => [
  `--name=${place.container}`,
  '--network=none',
  '--pull=never',
  '--log-driver=none',
  ...files.map((file) => `--volume=${dirname(file)}:/probe/${nameOf(file)}:ro`),
  '--entrypoint=cat',
  image,
  ...files.map((file) => `/probe/${nameOf(file)}/probe`),
];
