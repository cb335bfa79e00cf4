import { chmodSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf } from '../../src/local/stack/home/home.ts';
import { openIdentity } from '../../src/local/stack/home/home-identity.ts';
import { shortPathsOf } from '../../src/local/stack/home/short-paths.ts';

/**
 * A new folder as people have them, and worse: deep, with blanks, other letters and everything that separates something from
 * something in mounts, options and references; reached by a link; open to other users. `root` holds it all.
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

/** The paths under which what a home started may be found: in command lines and environments, and as the kernel writes mounts. */
export function pathsOfHome(home: string): string[] {
  const places = placesOf(home);
  const kernels = places.folder.replaceAll(/[ \\]/g, (letter) =>
    `\\0${letter.charCodeAt(0).toString(8)}`.replace('0134', '134'),
  );
  return [home, places.folder, kernels, shortPathsOf(openIdentity(places)).folder];
}
