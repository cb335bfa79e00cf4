/** Folders that are not the image's own, or that a submission or another user of the host can write to. */
const foreign = ['/proc', '/sys', '/dev', '/run', '/var', '/tmp', '/etc', '/input', '/output'];

/**
 * The safe entries of an image's LD_LIBRARY_PATH. CUDA, conda and MATLAB images need the variable, but hooks of GPU runtimes
 * see it too, before the container has its own root. So no entry may be relative, be expanded by the loader (`$ORIGIN`), or
 * lead to a folder where anyone but the host's administrator writes (`hostFolders`: the engine's storage, the runs).
 */
export function libraryPath(value: string, hostFolders: readonly string[]): string {
  const isBelow = (entry: string, folder: string): boolean => `${entry}/`.startsWith(`${folder}/`);
  return value
    .split(':')
    .filter((entry) => /^\/[^$\0;]*$/.test(entry) && !entry.split('/').includes('..'))
    .map(
      (entry) =>
        `/${entry
          .split('/')
          .filter((part) => part !== '' && part !== '.')
          .join('/')}`,
    )
    .filter((entry) => entry !== '/' && ![...foreign, ...hostFolders].some((folder) => isBelow(entry, folder)))
    .join(':');
}
