import assert from 'node:assert/strict';
import { runnerArguments } from '../../../src/runner/launch/runner-container.ts';

const image = `registry.example.org/holdout-runner@sha256:${'a'.repeat(64)}`;

const argumentsFor = (environment: NodeJS.ProcessEnv, launcher: string | undefined = 'c0ffee'): string[] =>
  runnerArguments({
    name: 'ho-j1-runner',
    jobId: 'j1',
    launcher,
    image,
    scratch: '/mnt/nvme',
    environment,
    command: ['run'],
  });

describe('the container in which a launcher starts its runner', () => {
  it('shares its mounts with the host, ends its input with the launcher and has labels for the reaper', () => {
    const made = argumentsFor({});
    for (const flag of [
      '--name=ho-j1-runner',
      '--label=holdout.runner=j1',
      '--label=holdout.launcher=c0ffee',
      '--interactive',
      '--network=host',
      '--cgroupns=host',
      '--volume=/mnt/nvme:/mnt/nvme:rshared',
      '--volume=/dev:/dev',
      '--volume=/var/run/docker.sock:/var/run/docker.sock',
      '--pull=never',
      '--log-driver=none',
    ])
      assert.ok(made.includes(flag), flag);
    assert.deepEqual(made.slice(-2), [image, 'run']);
  });

  it('has the rights that mounts and loop devices need, instead of --privileged, and no other', () => {
    const rights = /^--(?:privileged|cap|device|security|user|pid|ipc|uts)/;
    assert.deepEqual(
      argumentsFor({}).filter((flag) => rights.test(flag)),
      [
        '--cap-add=SYS_ADMIN',
        '--cap-add=SYSLOG',
        '--device-cgroup-rule=b 7:* rwm',
        '--device-cgroup-rule=c 10:237 rwm',
        '--device-cgroup-rule=c 1:11 r',
        '--security-opt=apparmor=unconfined',
      ],
    );
  });

  it('gets the job’s variables by name alone, and none of the launcher’s own', () => {
    const made = argumentsFor({
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/x',
      HOLDOUT_RUN_KEY: 'c/s/1',
      PATH: '/bin',
      HOSTNAME: 'ip-10-0-0-1',
      NODE_OPTIONS: '--inspect',
    });
    assert.deepEqual(
      made.filter((flag) => flag.startsWith('--env')),
      [
        '--env=AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        '--env=AWS_SECRET_ACCESS_KEY',
        '--env=ECS_CONTAINER_METADATA_URI_V4',
        '--env=HOLDOUT_RUN_KEY',
      ],
    );
    assert.ok(!made.join(' ').includes('secret'));
  });

  const assigned: readonly (readonly [string | undefined, string[]])[] = [
    [undefined, []],
    ['', []],
    ['none', []],
    ['void', []],
    ['all', ['--gpus=all,"capabilities=utility"']],
    ['GPU-1', ['--gpus="device=GPU-1","capabilities=utility"']],
    ['GPU-1,GPU-2', ['--gpus="device=GPU-1,GPU-2","capabilities=utility"']],
  ];
  for (const [devices, flags] of assigned) {
    it(`gets the GPUs that the agent assigned: ${devices ?? 'no variable'}`, () => {
      const made = argumentsFor(devices === undefined ? {} : { NVIDIA_VISIBLE_DEVICES: devices });
      assert.deepEqual(
        made.filter((flag) => flag.startsWith('--gpus')),
        flags,
      );
    });
  }
});
