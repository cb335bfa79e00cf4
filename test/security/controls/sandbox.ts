import { controlsOf } from '../control.ts';

const cutOff = ['test/runner/sandbox/container-flags.test.ts'];
const otherRuns = ['test/runner/sandbox/other-runs.test.ts'];
const limits = ['test/runner/limits.test.ts'];
const flags = 'src/runner/sandbox/container-flags.ts';
const noPrivileges = 'no privileges and gets none';
const writable = 'write only to its output';
const weaken = 'its image cannot weaken';

/** What a container may not do, flag by flag. */
export const sandboxControls = [
  ...controlsOf(flags, cutOff, [
    ['no network', "'--network=none'", "'--network=host'", 'no network except its own loopback'],
    ['an unprivileged user', '`--user=${place.user}`', "'--user=0:0'", noPrivileges],
    ['no capabilities', "  '--cap-drop=ALL',\n", '', noPrivileges],
    ['no new privileges', "  '--security-opt=no-new-privileges',\n", '', noPrivileges],
    ['the seccomp profile', '  `--security-opt=seccomp=${place.seccompProfile}`,\n', '', noPrivileges],
    ['a kill that the image cannot soften', "  '--stop-signal=KILL',\n", '', weaken],
    ['a read-only root', ": ['--read-only']", ': []', writable],
    ['a limit on shared memory', '    `--shm-size=${limits.sharedMemoryMiB}m`,\n', '', writable],
    ['read-only inputs', ':${paths.input}:ro`', ':${paths.input}`', writable],
    ['a limited /tmp', '    `--volume=${place.temporary}:/tmp`,\n', '', writable],
    ['no writable volumes of the image', "    '--image-volume=ignore',\n", '', weaken],
    ['no writable tmpfs of the engine', "    '--read-only-tmpfs=false',\n", '', writable],
    ['no variables of the engine', "    '--unsetenv-all',\n", '', 'exactly its own environment'],
    ['a host name of its own', "  '--hostname=submission',\n", '', 'exactly its own environment'],
    ['a read-only /etc/hosts', ':/etc/hosts:ro`', ':/etc/hosts`', writable],
    ['a limit on processor time', '    `--cpus=${processorsOf(instanceClass)}`,\n', '', writable],
    ['no swap', '    `--memory-swap=${memory}`,\n', '', writable],
    [
      'a control group around its own',
      '...(cgroupParent === undefined ? [] : [`--cgroup-parent=${cgroupParent}`]),',
      '',
      writable,
    ],
    ['an image label that would update it', "    '--label=io.containers.autoupdate=disabled',\n", '', weaken],
    ['no work folder under /proc', "test(folder) ? '/' : folder", 'test(folder) ? folder : folder', weaken],
    [
      'no work folder outside the image',
      '    `--workdir=${workingDirectory(image)}`,\n',
      '',
      'work folder is never made',
    ],
  ]),
  ...controlsOf(
    flags,
    ['test/runner/sandbox/create-arguments.test.ts'],
    [
      ['no health check of the image', "  '--no-healthcheck',\n", ''],
      ['no proxy variables of the host', "    '--http-proxy=false',\n", ''],
      ['no image fetched at the start', "  '--pull=never',\n", ''],
      ['no log of the engine', "  '--log-driver=none',\n", ''],
      ['no mode for systemd', "    '--systemd=false',\n", ''],
      ['no names of the host', "    '--no-hosts',\n", ''],
      ['no core files', "    '--ulimit=core=0:0',\n", ''],
      ['a kill without a delay', "  '--stop-timeout=0',\n", ''],
      ['no monitor of the engine in its control group', "    '--cgroups=no-conmon',\n", ''],
      ['no writable volumes with docker', 'type=volume,readonly,src', 'type=volume,src'],
      [
        'no volumes of the image on the disk of the host',
        '    volumes.map((folder, n) =>',
        '    ([] as string[]).map((folder, n) =>',
      ],
      ['no mount options in the name of a volume', '${quoted(`dst=${folder}`)}', '${`dst=${folder}`}'],
      [
        'no refused variables of the image with docker',
        "refused.filter((name) => name !== '').map((name) => `--env=${name}=`)",
        '[]',
      ],
    ],
  ),
  ...controlsOf(flags, limits, [
    [
      'a limit on memory',
      '    `--memory=${memory}`,\n    `--memory-swap=${memory}`,\n',
      '',
      '^.*memory: the main process',
    ],
    ['a limit on processes', '    `--pids-limit=${limits.pids}`,\n', '', 'processes: a fork bomb is contained'],
  ]),
  ...controlsOf('src/runner/sandbox/mounts.ts', limits, [
    [
      'a limit on the size of the output',
      'Math.ceil(bytes * 1.025)',
      '2 ** 31 + Math.ceil(bytes * 1.025)',
      'output: is limited',
    ],
    [
      'a limit on the number of files',
      'const usualInodes = 16_384',
      'const usualInodes = 1_000_000',
      'any number of files',
    ],
  ]),
  ...controlsOf('src/runner/sandbox/mounts.ts', cutOff, [
    ['no set-user-id programs in /tmp', 'mode=1777,nosuid,nodev', 'mode=1777,nodev', 'rights of its file'],
    ['a /tmp of its own size', '`size=${mebibytes}m`)', '`size=1g`)', writable],
  ]),
  ...controlsOf('src/runner/sandbox/run-paths.ts', otherRuns, [
    ['a user of its own for every run', 'user: submissionUser(jobId)', "user: '64001:64001'"],
  ]),
  ...controlsOf('src/runner/sandbox/mounts.ts', otherRuns, [
    ['a limit on pseudo-terminals', 'max=${mostTerminals},', ''],
  ]),
  ...controlsOf(flags, otherRuns, [['pseudo-terminals of its own', '[`--volume=${place.terminals}:/dev/pts`]', '[]']]),
];
