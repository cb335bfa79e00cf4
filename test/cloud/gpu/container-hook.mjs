// Stands for nvidia-container-runtime-hook, which docker calls before it starts a container with --gpus: gives the container
// what NVIDIA_VISIBLE_DEVICES and NVIDIA_DRIVER_CAPABILITIES ask for, from the folder in the first argument. Like the real one,
// it refuses a device that the host does not have.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const [folder = ''] = process.argv.slice(2);
const { pid, bundle } = JSON.parse(readFileSync(0, 'utf8'));
const { process: started, root } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'));
const rootFolder = isAbsolute(root.path) ? root.path : join(bundle, root.path);

/** @param {string} name */
const listOf = (name) => {
  const variable = started.env.findLast((/** @type {string} */ one) => one.startsWith(`${name}=`)) ?? '=';
  return variable.slice(variable.indexOf('=') + 1).split(',');
};

const uuid = readFileSync(join(folder, 'gpu/uuid'), 'utf8').trim();
const unknown = listOf('NVIDIA_VISIBLE_DEVICES').filter((device) => device !== uuid && device !== 'all');
if (unknown.length > 0) {
  process.stderr.write(`nvidia-container-cli: device error: ${unknown.join(', ')}: unknown device\n`);
  process.exit(1);
}

/** As libnvidia-container mounts them (src/nvc_mount.c): files of the driver, and sockets of its daemons. */
const flags = { file: 'ro,nodev,nosuid', socket: 'nodev,nosuid,noexec', books: 'nodev,nosuid,noexec' };
const capabilities = listOf('NVIDIA_DRIVER_CAPABILITIES');
const isCompute = capabilities.includes('compute');
// Where device nodes are; but the runner's /dev is the machine's.
mount('books', 'gpu', isCompute ? 'dev/pretended-gpu' : 'run/pretended-gpu');
mount('socket', 'persistenced.socket', 'run/nvidia-persistenced/socket');
if (capabilities.includes('utility')) mount('file', 'nvidia-smi', 'usr/bin/nvidia-smi');
if (isCompute) mount('file', 'libcuda.so.1', 'usr/lib/x86_64-linux-gnu/libcuda.so.1');

/**
 * Mounts something of the folder in the container's mount namespace, in which its root is not yet `/`.
 *
 * @param {keyof typeof flags} kind
 * @param {string} from
 * @param {string} to
 */
function mount(kind, from, to) {
  const target = join(rootFolder, to);
  const make = kind === 'books' ? 'mkdir -p "$2"' : 'mkdir -p "${2%/*}" && touch "$2"';
  const script = `${make} && mount --bind "$1" "$2" && mount -o "remount,bind,$3" "$2"`;
  const words = [join(folder, from), target, flags[kind]];
  execFileSync('nsenter', [`--target=${pid}`, '--mount', 'sh', '-c', script, 'sh', ...words]);
}
