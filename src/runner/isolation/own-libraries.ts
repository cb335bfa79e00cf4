import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The parts of the C library to which drivers are linked. */
const wanted = ['ld-linux-x86-64.so.2', 'libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'librt.so.1'];

/** Where the loader of an image finds its own libraries, and those that a GPU's runtime mounts. */
export const libraryFolders = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/lib64'];

/** A file of an image. */
interface LibraryFile {
  name: string;
  content: Buffer;
}

/** The C library that this process has in memory, at the paths that the loader of an image knows. */
export async function ownLibraries(): Promise<LibraryFile[]> {
  const maps = await readFile('/proc/self/maps', 'utf8');
  const loaded = [...new Set([...maps.matchAll(/ (\/\S+)$/gm)].map(([, path = '']) => path))];
  const libc = loaded.find((path) => basename(path) === 'libc.so.6');
  const folder = dirname(libc ?? '/lib/x86_64-linux-gnu/libc.so.6');
  const files = await Promise.all(
    wanted.map(async (name): Promise<LibraryFile[]> => {
      const from = loaded.find((path) => basename(path) === name) ?? join(folder, name);
      const to = join(name.startsWith('ld-') ? '/lib64' : '/lib/x86_64-linux-gnu', name);
      return readFile(from).then(
        (content) => [{ name: to, content }],
        () => [],
      );
    }),
  );
  return files.flat();
}
