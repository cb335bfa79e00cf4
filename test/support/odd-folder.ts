import { chmodSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf } from '../../src/local/stack/home/home.ts';
import { openIdentity } from '../../src/local/stack/home/home-identity.ts';
import { shortPathsOf } from '../../src/local/stack/home/short-paths.ts';

/**
 * A new folder with an extreme path: long, with blanks, non-ASCII letters and every character that separates fields in
 * mounts, options and references. `folder` is a link to it, and other users may enter `root`, which contains everything.
 */
export function oddFolder(name: string): { root: string; folder: string } {
  const root = mkdtempSync(join(tmpdir(), `${name}-`));
  const real = join(root, 'Zoë’s projects-2026, "c++" [1]', 'd'.repeat(120), 'a:b@c?d#e%20f\\g', 'e'.repeat(120));
  mkdirSync(real, { recursive: true });
  const link = join(root, 'link to it');
  symlinkSync(real, link);
  chmodSync(root, 0o755);
  return { root, folder: link };
}

/** Paths that identify a home's processes and mounts: in command lines and environments, and as the kernel writes mounts. */
export function pathsOfHome(home: string): string[] {
  const places = placesOf(home);
  const kernels = places.folder.replaceAll(/[ \\]/g, (letter) =>
    `\\0${letter.charCodeAt(0).toString(8)}`.replace('0134', '134'),
  );
  return [home, places.folder, kernels, shortPathsOf(openIdentity(places)).folder];
}
