import assert from 'node:assert/strict';
import { judgeRoot } from '../../../../src/runner/isolation/control-checks/files.ts';
import type { ProgramFindings } from '../../../../src/runner/isolation/program/hostile-program.ts';

/** The writable mounts for which the judgement blames a container with this one beside the usual ones. */
function blamed(point: string, options: string): string[] {
  const mounts = [
    '81 70 0:5 / / ro - overlay overlay ro',
    '82 81 0:6 / /proc/sys ro - proc proc ro',
    '83 81 0:7 / /etc/hosts ro - ext4 /dev/loop0 rw',
    `84 81 0:8 / ${point} ${options} - tmpfs tmpfs rw`,
  ].join('\n');
  const findings = { rootWrites: new Map(), mounts } as unknown as ProgramFindings;
  const expected = { input: '/input', output: '/output' } as Parameters<typeof judgeRoot>[1]['expected'];
  return judgeRoot(findings, { expected }).faults;
}

/** libnvidia-container mounts sockets so, and files of the driver read-only (src/nvc_mount.c). */
const ofSockets = 'rw,nosuid,nodev,noexec';

describe('the mounts that NVIDIA’s runtime adds to a container', () => {
  for (const [point, options] of [
    ['/run/nvidia-persistenced/socket', ofSockets],
    ['/var/run/nvidia-persistenced/socket', ofSockets],
    ['/run/nvidia-fabricmanager/socket', ofSockets],
    ['/proc/driver/nvidia', ofSockets],
    ['/dev/nvidia0', 'rw,nosuid,noexec'],
    ['/usr/lib64/libcuda.so.1', 'ro,nosuid,nodev'],
  ] as const) {
    it(`do not break the read-only root: ${point}`, () => assert.deepEqual(blamed(point, options), []));
  }

  for (const point of [
    '/run/nvidia-persistenced',
    '/run/nvidia-persistenced/socket/more',
    '/tmp/nvidia-mps',
    '/run/docker.sock',
    '/usr/lib64/libcuda.so.1',
  ]) {
    it(`break it if writable: ${point}`, () =>
      assert.deepEqual(blamed(point, ofSockets), [`${point} is a writable mount`]));
  }
});
