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

/** The flags of a container without the image's own words, for a run without a device. */
const flagsFor = (name: 'podman' | 'docker'): string[] =>
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
      volumes: [],
      workingDirectory: '',
    },
    environment: { variables: {}, refused: [], isTooLarge: false },
    device: { createFlags: [], environment: {}, extraMemoryMiB: 0, stop: async () => null, close: () => undefined },
    engine: { name, runFlags: [] },
    cgroupParent: undefined,
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

describe('the arguments of a container', () => {
  it('have every flag of the confinement, with either engine', () => {
    for (const [engine, flags] of [
      ['docker', always],
      ['podman', [...always, ...podman]],
    ] as const) {
      const given = flagsFor(engine);
      assert.deepEqual(
        flags.filter((flag) => !given.includes(flag)),
        [],
        engine,
      );
    }
  });
});
