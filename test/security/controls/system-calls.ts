import { controlsOf } from '../control.ts';

const allow = 'const allowed = `\n';
/** Allows more system calls. */
const allowing = (names: string): readonly [string, string] => [allow, `const allowed = \`\n  ${names}\n`];

/** Groups of system calls that the seccomp profile refuses. */
export const systemCallControls = controlsOf(
  'src/runner/sandbox/seccomp.ts',
  ['test/runner/sandbox/seccomp.test.ts', 'test/runner/sandbox/container-flags.test.ts'],
  (
    [
      ['no mounts', ...allowing('mount umount2 pivot_root move_mount open_tree fsopen chroot')],
      ['no namespaces by unshare and setns', ...allowing('unshare setns')],
      ['no namespaces by clone', 'const namespaceFlags = 0x7e020000', 'const namespaceFlags = 0'],
      [
        'no namespaces by clone3',
        "names: ['clone3'], action: 'SCMP_ACT_ERRNO'",
        "names: ['clone3'], action: 'SCMP_ACT_ALLOW'",
      ],
      ['no tracing of processes', ...allowing('ptrace kcmp pidfd_getfd')],
      ['no bpf', ...allowing('bpf')],
      ['no performance counters', ...allowing('perf_event_open')],
      ['no io_uring', ...allowing('io_uring_setup io_uring_enter io_uring_register')],
      ['no asynchronous contexts of the kernel', ...allowing('io_setup io_submit io_getevents io_destroy')],
      ['no huge pages of the host', 'value: 0x4_0000 }', 'value: 0 }'],
      ['no huge pages by memfd_create', 'value: 0x4 }', 'value: 0 }'],
      ['no huge pages by shmget', 'value: 0o4000 }', 'value: 0 }'],
      ['no kernel keys', ...allowing('add_key keyctl request_key')],
      ['no userfaultfd', ...allowing('userfaultfd')],
      // Not every kernel has modules.
      ['no kernel modules', ...allowing('init_module finit_module kexec_load'), 'the seccomp profile'],
      ['no file handles', ...allowing('open_by_handle_at name_to_handle_at fanotify_init')],
      ['no kernel log', ...allowing('syslog')],
      ['no clock calls', ...allowing('settimeofday')],
      ['no memory of other nodes', ...allowing('move_pages memfd_secret')],
      ['no executable reads', 'const personalities = [0x0', 'const personalities = [0x400000, 0x0'],
      ['no AF_VSOCK', 'const socketFamilies = [1, 2, 10]', 'const socketFamilies = [1, 2, 10, 40]'],
      ['no AF_ALG', 'const socketFamilies = [1, 2, 10]', 'const socketFamilies = [1, 2, 10, 38]'],
      ['no AF_PACKET and AF_XDP', 'const socketFamilies = [1, 2, 10]', 'const socketFamilies = [1, 2, 10, 17, 44]'],
      ['no netlink but routes', "  { index: 2, value: 0, op: 'SCMP_CMP_EQ' },\n", ''],
      ['no 32-bit system calls', "['SCMP_ARCH_X86_64']", "['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']"],
    ] as const
  ).map(([control, from, to, grep = '64-bit system calls']) => [control, from, to, grep] as const),
);
