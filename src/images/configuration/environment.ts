import { posix } from 'node:path';
import { counted } from '../../safe-text.ts';
import { refuse } from '../refusal.ts';

interface AcceptedEnvironment {
  /** `NAME=value`, each name once. */
  lines: string[];
  /** PATH from the image, or the default. */
  path: string;
  withheld: string[];
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Variables that are never taken from an image. Hooks of GPU engines run on the host with the image's variables
 * (CVE-2025-23266), so these are withheld:
 * - variables of the loader and the C library: `LD_*`, GLIBC_TUNABLES, and the paths from which glibc reads code and tables
 *   or to which it writes (glibc's own list for privileged programs, sysdeps/generic/unsecvars.h);
 * - variables of a hook written in Go: GODEBUG, GOTRACEBACK; and of the runtime: `_LIBCONTAINER_*`;
 * - the choice of devices, which is the runner's: `NVIDIA_*` and the like. CUDA_VISIBLE_DEVICES is allowed: only the library
 *   inside the container reads it, and it only selects among the container's devices;
 * - variables of AWS clients and of Holdout itself.
 */
const forbidden = new RegExp(
  `^(?:${[
    '(?:LD|NVIDIA|AWS|HOLDOUT|_LIBCONTAINER)_.*',
    '(?:AMD|ASCEND|HABANA|MELLANOX)_VISIBLE_DEVICES',
    'GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCPATH|MALLOC_TRACE|NIS_PATH|NLSPATH|RESOLV_HOST_CONF',
    'GODEBUG|GOTRACEBACK',
  ].join('|')})$`,
);
const libraryPath = 'LD_LIBRARY_PATH';
/** A hook would search these folders on the host, where a submission may have written. */
const unsafeFolder = /^\/(?:proc|sys|dev|run|var|tmp|input|output|etc)(?:\/|$)/;
const soundName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The kernel's MAX_ARG_STRLEN, minus the option with which the runner passes a variable on. */
const maxVariableBytes = 2 ** 17 - 64;
const maxBytes = 2 ** 18;
const maxVariables = 2_000;
const namesShown = 10;

/** The variables of an image that its container gets. Throws a Refusal when they are too large, or contain NUL. */
export function acceptedEnvironment(written: readonly string[]): AcceptedEnvironment {
  checkSizes(written);
  const variables = new Map<string, string>();
  const denied = new Set<string>();
  let invalid = 0;
  for (const line of written) {
    const cut = line.indexOf('=');
    const name = cut === -1 ? '' : line.slice(0, cut);
    if (!soundName.test(name)) invalid += 1;
    else if (name !== libraryPath && forbidden.test(name)) denied.add(name);
    else variables.set(name, line.slice(cut + 1));
  }
  const library = soundFolders(variables.get(libraryPath) ?? '');
  if (library.folders.length > 0) variables.set(libraryPath, library.folders.join(':'));
  else variables.delete(libraryPath);
  const names = [...denied];
  return {
    lines: Array.from(variables, ([name, value]) => `${name}=${value}`),
    path: variables.get('PATH') ?? defaultPath,
    withheld: [
      ...names.slice(0, namesShown).map((name) => `environment variable ${name.slice(0, 40)}`),
      ...(names.length > namesShown ? [`${names.length - namesShown} more environment variables`] : []),
      ...(invalid > 0 ? [counted(invalid, 'environment variable') + ' without a valid name'] : []),
      ...(library.refused > 0 ? [`${library.refused} of the folders in ${libraryPath}`] : []),
    ],
  };
}

function checkSizes(lines: readonly string[]): void {
  let bytes = 0;
  for (const line of lines) {
    if (line.includes('\0')) refuse('the environment of the image has a NUL character in it');
    if (Buffer.byteLength(line) > maxVariableBytes)
      refuse('the image has an environment variable of more than 128 KiB');
    bytes += Buffer.byteLength(line) + 1;
  }
  if (bytes > maxBytes || lines.length > maxVariables) {
    refuse(`the environment of the image is larger than ${maxBytes / 1024} KiB or ${maxVariables} variables`);
  }
}

/** The loader treats `;` as `:`, an empty folder as the work folder (dropped without notice), and expands `$`. */
function soundFolders(value: string): { folders: string[]; refused: number } {
  const all = value.split(/[:;]/).filter((folder) => folder !== '');
  const folders = all.filter(
    (folder) =>
      folder.startsWith('/') &&
      !folder.includes('$') &&
      !folder.split('/').includes('..') &&
      // Doubled slashes and `.` could disguise an unsafe folder.
      !unsafeFolder.test(posix.normalize(folder)),
  );
  return { folders, refused: all.length - folders.length };
}
