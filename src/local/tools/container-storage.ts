import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { unmountBelow } from '../mounts.ts';
import type { Home } from '../stack/home/home.ts';
import type { ShortPaths } from '../stack/home/short-paths.ts';

/** Global flags with which podman finds the images and containers of a home; none of these paths is ever long. */
export const podmanRoots = ({ containers, engineRun, engineTemporary }: ShortPaths): string[] => [
  `--root=${containers}/storage`,
  `--runroot=${engineRun}`,
  `--tmpdir=${engineTemporary}`,
  '--cgroup-manager=cgroupfs',
];

/**
 * Podman refuses storage that it knows under other paths, as after an update or in a copied home. What is in it are copies out
 * of the image store: it is emptied and fills again.
 */
export async function claimStorage(home: Home, paths: ShortPaths): Promise<void> {
  const file = join(home.containers, 'made-for.json');
  const roots = podmanRoots(paths).join(' ');
  if (readJsonFile<string>(file) === roots) return;
  if (existsSync(join(home.containers, 'storage'))) await unmountBelow(home.containers);
  for (const name of ['storage', 'run']) rmSync(join(home.containers, name), { recursive: true, force: true });
  writeJsonFile(file, roots);
}
