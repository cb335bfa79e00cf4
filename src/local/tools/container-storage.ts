import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { unmountBelow } from '../mounts.ts';
import type { Home } from '../stack/home/home.ts';
import type { ShortPaths } from '../stack/home/short-paths.ts';

/** Podman's global flags for the images and containers of a home; all paths are short. */
export const podmanRoots = ({ containers, engineRun, engineTemporary }: ShortPaths): string[] => [
  `--root=${containers}/storage`,
  `--runroot=${engineRun}`,
  `--tmpdir=${engineTemporary}`,
  '--cgroup-manager=cgroupfs',
];

/**
 * Podman rejects storage that it has used under other paths, e.g. in a copied home. It only holds copies from the image store,
 * so it is emptied.
 */
export async function claimStorage(home: Home, paths: ShortPaths): Promise<void> {
  const file = join(home.containers, 'made-for.json');
  const roots = podmanRoots(paths).join(' ');
  if (readJsonFile<string>(file) === roots) return;
  if (existsSync(join(home.containers, 'storage'))) await unmountBelow(home.containers);
  for (const name of ['storage', 'run']) rmSync(join(home.containers, name), { recursive: true, force: true });
  writeJsonFile(file, roots);
}
