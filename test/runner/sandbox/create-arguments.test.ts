import assert from 'node:assert/strict';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { createArguments } from '../../../src/runner/sandbox/container-flags.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';

const place = runPathsOf({ scratch: '/scratch', jobId: 'job' });
const spec = {
  version: 1,
  runKey: 'campaign/submission/1',
  purpose: 'evaluation',
  image: { reference: 'oci:/images/one:image', digest: 'sha256:0' },
  inputs: { indexKey: 'index.json', files: { bucket: 'inputs', prefix: '' }, digest: '0', items: 1, bytes: 1 },
  instanceClass: { name: 'cpu', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 },
  limits: { wallClockSeconds: 60, memoryMiB: 64, pids: 32, outputBytes: 1, sharedMemoryMiB: 16 },
  predictions: { file: 'predictions.csv', maxBytes: 1 },
} satisfies RunSpec;

/** What an image says that an engine would obey. */
interface OfImage {
  volumes?: string[];
  /** Names of its variables that submissions do not get. */
  refused?: string[];
}

/** The flags of a container, for a run without a device. */
const flagsFor = (name: 'podman' | 'docker', { volumes = [], refused = [] }: OfImage = {}): string[] =>
  createArguments({
    spec,
    jobId: 'job',
    place,
    image: {
      id: 'image',
      bytes: 1,
      layers: [],
      environment: [],
      entryPoint: ['/start'],
      command: [],
      volumes,
      workingDirectory: '/proc/self',
    },
    environment: { variables: { HOME: '/tmp' }, refused, isTooLarge: false },
    device: { createFlags: [], environment: {}, extraMemoryMiB: 0, stop: async () => null, close: () => undefined },
    engine: { name, runFlags: [] },
    cgroupParent: place.cgroup,
  });

/** Each keeps something from a submission; some are only seen where the engine has systemd or a proxy. */
const always = [
  '--network=none',
  '--hostname=submission',
  `--user=${place.user}`,
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  `--security-opt=seccomp=${place.seccompProfile}`,
  '--no-healthcheck',
  '--pull=never',
  '--log-driver=none',
  '--stop-timeout=0',
  '--stop-signal=KILL',
  '--read-only',
  '--memory=64m',
  '--memory-swap=64m',
  '--pids-limit=32',
  '--cpus=1',
  `--cgroup-parent=${place.cgroup}`,
  '--workdir=/',
  `--volume=${place.inputs}:/input:ro`,
  `--volume=${place.output}:/output`,
  `--volume=${place.temporary}:/tmp`,
  `--volume=${place.hosts}:/etc/hosts:ro`,
  '--shm-size=16m',
  '--ulimit=core=0:0',
  `--volume=${place.terminals}:/dev/pts`,
];
const podman = [
  '--read-only-tmpfs=false',
  '--image-volume=ignore',
  '--http-proxy=false',
  '--systemd=false',
  '--no-hosts',
  '--cgroups=no-conmon',
  '--unsetenv-all',
  '--label=io.containers.autoupdate=disabled',
];

/** Names and labels, by which Holdout finds its containers, and variables. */
const confinesNothing = /^--(?:name|label=holdout\.(?:run|job)|env)=/;
const startingWith = (start: string, words: readonly string[]): string[] =>
  words.filter((word) => word.startsWith(start));

describe('the arguments of a container', () => {
  for (const [engine, flags] of [
    ['docker', always],
    ['podman', [...always, ...podman]],
  ] as const) {
    it(`have every flag of the confinement and no other, with ${engine}`, () => {
      const given = flagsFor(engine).filter((word) => !confinesNothing.test(word));
      assert.deepEqual(given.toSorted(), [...flags, 'image'].toSorted());
    });
  }

  it('give volumes of the image no writable space with docker, and read no option in their names', () => {
    assert.deepEqual(startingWith('--mount', flagsFor('docker', { volumes: ['/data', '/x,src=/etc,"'] })), [
      `--mount=type=volume,readonly,src=${place.container}-0,"dst=/data"`,
      `--mount=type=volume,readonly,src=${place.container}-1,"dst=/x,src=/etc,"""`,
    ]);
    assert.deepEqual(startingWith('--mount', flagsFor('podman', { volumes: ['/data'] })), []);
  });

  it('empty the variables of the image that docker cannot remove', () => {
    const refused = ['LD_PRELOAD', ''];
    assert.deepEqual(startingWith('--env', flagsFor('docker', { refused })), ['--env=HOME=/tmp', '--env=LD_PRELOAD=']);
    assert.deepEqual(startingWith('--env', flagsFor('podman', { refused })), ['--env=HOME=/tmp']);
  });
});
