import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { holdoutError } from '../../../src/errors.ts';
import { file, folder, type TarEntry } from './tar.ts';

const shells = ['/bin/busybox', '/usr/bin/busybox'];

/** The static busybox of this machine, if it has one: the images' shell. */
export const findBusybox = (): string | undefined => shells.find((path) => existsSync(path));

/**
 * The base of every image of the example: this machine's own Node binary and the libraries that it is linked to, so no
 * registry is needed. Node is `/usr/bin/node`; libraries keep their paths, where the loader looks for them.
 */
export async function baseEntries(): Promise<TarEntry[]> {
  const programs: [path: string, source: string][] = [['/usr/bin/node', process.execPath]];
  const busybox = findBusybox();
  if (busybox && (await librariesOf(busybox)).length === 0) programs.push(['/bin/sh', busybox]);
  programs.push(...(await librariesOf(process.execPath)).map((path): [string, string] => [path, path]));
  const binaries = await Promise.all(
    programs.map(async ([path, source]) => file(path.slice(1), await readFile(source), 0o755)),
  );
  const users = Buffer.from('root:x:0:0::/:/bin/sh\nsubmission:x:64001:64001::/tmp:/bin/sh\n');
  return withFolders([...binaries, file('etc/passwd', users)]);
}

/** Paths that `ldd` names for a program, including the loader; none for a static one. Throws EXAMPLE_UNBUILDABLE. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]).catch(
    (failure: Error & { code?: number | string }) => {
      if (failure.code === 1) return { stdout: '' };
      throw holdoutError('EXAMPLE_UNBUILDABLE', { cause: failure.message }, failure);
    },
  );
  return [...stdout.matchAll(/^\s(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []);
}

function withFolders(files: TarEntry[]): TarEntry[] {
  const names = new Set(['app', 'dev', 'input', 'output', 'proc', 'sys']);
  for (const { name } of files) {
    for (let above = dirname(name); above !== '.'; above = dirname(above)) names.add(above);
  }
  return [...Array.from(names, (name) => folder(name)), folder('tmp', 0o1777), ...files];
}
