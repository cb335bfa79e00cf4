/** Folders that are not the image's own, or that a submission or a stranger on the host can write to. */
const foreign = ['/proc', '/sys', '/dev', '/run', '/var', '/tmp', '/etc', '/input', '/output'];

/**
 * What may stay of an image's LD_LIBRARY_PATH. CUDA, conda and MATLAB images need theirs; but hooks of GPU runtimes see the
 * variable too, before the container has its own root, so no entry may be relative, expanded by the loader (`$ORIGIN`), or
 * lead to a place where anybody but the host's administrator puts files (`hostFolders`: the engine's storage, the runs). Pure.
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
