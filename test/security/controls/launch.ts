import { controlsOf } from '../control.ts';

const container = 'src/runner/launch/runner-container.ts';
const probes = 'src/runner/preflight/check-mounts.ts';
const base = 'src/runner/sandbox/writable-root.ts';

/** The containers beside that of the submission: the runner's own, and those that only look or lend their files. */
export const launchControls = [
  ...controlsOf(
    container,
    ['test/runner/launch/runner-container.test.ts'],
    [
      ['no privileged runner', "'--cap-add=SYS_ADMIN'", "'--privileged'"],
      ['no more rights for the runner than it needs', "'--cap-add=SYSLOG'", "'--cap-add=ALL'"],
      [
        'no devices for the runner but loop devices',
        "'--device-cgroup-rule=b 7:* rwm'",
        "'--device-cgroup-rule=a *:* rwm'",
      ],
      ['no writes to the kernel’s log', "c 1:11 r'", "c 1:11 rw'"],
      ['no runner fetched at the start', "    '--pull=never',\n", ''],
      ['no log of the runner on the host', "    '--log-driver=none',\n", ''],
      ['a runner that ends with its launcher', "    '--interactive',\n", ''],
      ['no variables of the launcher', '.filter((variable) => passed.test(variable))', ''],
      [
        'no values of variables among the processes of the host',
        '`--env=${variable}`',
        '`--env=${variable}=${environment[variable]}`',
      ],
      ['no GPUs but those assigned', "assigned === 'all' ? 'all' : ", "assigned ? 'all' : "],
    ],
  ),
  ...controlsOf(
    probes,
    ['test/runner/preflight/check-mounts.test.ts'],
    [
      ['no network for what looks at the mounts', "  '--network=none',\n", ''],
      ['no image fetched to look at the mounts', "  '--pull=never',\n", ''],
      ['no log of what looks at the mounts', "  '--log-driver=none',\n", ''],
      ['no writes by what looks at the mounts', '/probe/${nameOf(file)}:ro`', '/probe/${nameOf(file)}`'],
    ],
  ),
  ...controlsOf(
    base,
    ['test/runner/sandbox/base-container.test.ts'],
    [
      ['no image fetched for a writable root', "  '--pull=never',\n", ''],
      ['no network for what lends its files', "  '--network=none',\n", ''],
      ['no volumes of what lends its files', "  '--image-volume=ignore',\n", ''],
      ['no label that would update what lends its files', "  '--label=io.containers.autoupdate=disabled',\n", ''],
    ],
  ),
  ...controlsOf(
    base,
    ['test/runner/sandbox/writable-root.test.ts'],
    [['no links followed when the work folder gets its owner', "'--no-dereference', ", '', 'gives no other file away']],
  ),
  ...controlsOf(
    'src/runner/sandbox/isolated-engine.ts',
    ['test/runner/sandbox/isolated-engine.test.ts'],
    [
      ['gVisor where the class wants it, with podman', '`--runtime=${program}`, ', ''],
      ['gVisor where the class wants it, with docker', ', `--runtime=${runtime}`] }', '] }'],
      [
        'no class with gVisor on a host without it',
        'if (!Object.hasOwn(JSON.parse(answer.stdout) as object, runtime))',
        'if (false)',
      ],
      ['no network for gVisor', "'--runtime-flag=network=none'", "'--runtime-flag=network=host'"],
    ],
  ),
];
