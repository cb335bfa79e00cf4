import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { ContainerEngine } from '../sandbox/engine.ts';
import type { EngineImage } from '../sandbox/engine-image.ts';
import { holdoutError } from '../../errors.ts';
import { libraryFolders, ownLibraries } from './own-libraries.ts';
import { hostileVariables } from './hostile-variables.ts';
import { bait } from './program/hostile-program.ts';

/** A configuration that asks for more than a submission gets. */
const changes = [
  ...Object.entries(hostileVariables).map(([name, value]) => `ENV ${name}=${value}`),
  `VOLUME ${bait.volume}`,
  'USER 0:0',
  'WORKDIR /proc/self/fd',
];

/**
 * An image without a program, in which every user may write as far as the modes of its folders say. With `libraries` it has the
 * loader and the C library of this process, for programs that are linked to a driver.
 */
export async function importDrillImage(engine: ContainerEngine, name: string, libraries = false): Promise<EngineImage> {
  const more = libraries ? [`ENV LD_LIBRARY_PATH=${libraryFolders.join(':')}`] : [];
  await engine.importImage(name, await drillFiles(libraries), [...changes, ...more]);
  const image = await engine.findImage(name);
  if (image === undefined) throw holdoutError('COMMAND_FAILED', { command: `${engine.name} import`, cause: name });
  return image;
}

async function drillFiles(libraries: boolean): Promise<Buffer> {
  const tar = pack();
  for (const name of [bait.imageFolder, bait.volume]) {
    tar.entry({ name: `${name.slice(1)}/`, type: 'directory', mode: 0o777, mtime: new Date(0) });
  }
  for (const { name, content } of libraries ? await ownLibraries() : []) {
    tar.entry({ name: name.slice(1), mode: 0o755, mtime: new Date(0) }, content);
  }
  tar.finalize();
  return buffer(tar);
}
