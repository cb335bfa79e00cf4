import { controlsOf } from '../control.ts';

const mounts = 'src/runner/sandbox/mounts.ts';
const tests = ['test/runner/sandbox/mounts.test.ts'];
const [outputs, inputs, roots, memory] = [
  "'loop,nosuid,nodev'",
  '`ro,nosuid,nodev,lowerdir',
  '`nosuid,nodev,metacopy=on',
  'mode=1777,nosuid,nodev',
];

/** The options and modes of what is mounted into a container. */
export const mountControls = [
  ...controlsOf(mounts, tests, [
    ['no set-user-id programs in /output', outputs, "'loop,nodev'"],
    ['no devices in /output', outputs, "'loop,nosuid'"],
    ['no writes to the inputs by any program of the host', inputs, '`nosuid,nodev,lowerdir'],
    ['no set-user-id programs in the inputs', inputs, '`ro,nodev,lowerdir'],
    ['no devices in the inputs', inputs, '`ro,nosuid,lowerdir'],
    ['no set-user-id programs in a writable root', roots, '`nodev,metacopy=on'],
    ['no devices in a writable root', roots, '`nosuid,metacopy=on'],
    ['no devices in /tmp', memory, 'mode=1777,nosuid'],
    ['no programs in the memory of an emulated device', 'm,noexec`', 'm`'],
    ['an output that other users cannot read', "open(file, 'wx', 0o600)", "open(file, 'wx', 0o644)"],
    ['an output of one user', 'bytes, owner: user }', "bytes, owner: '65534:65534' }"],
  ]),
  ...controlsOf(
    mounts,
    ['test/runner/limits.test.ts'],
    [['a limit on the memory of an emulated device', '`size=${mebibytes}m,noexec`', '`noexec`', 'at exactly its size']],
  ),
];
