import assert from 'node:assert/strict';
import { seccompProfile } from '../../../src/runner/sandbox/seccomp.ts';

/** Calls that some kernels lack, so that a container there cannot show that the profile refuses them. */
const never = `
  add_key bpf chroot clock_adjtime clock_settime create_module delete_module fanotify_init finit_module fsconfig fsmount fsopen
  fspick init_module io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
  lookup_dcookie memfd_secret migrate_pages mount mount_setattr move_mount move_pages name_to_handle_at open_by_handle_at
  open_tree perf_event_open pidfd_getfd pivot_root process_madvise ptrace quotactl quotactl_fd reboot request_key setdomainname
  sethostname setns settimeofday swapoff swapon syslog umount2 unshare uselib userfaultfd vhangup`;

describe('the seccomp profile', () => {
  it('allows no call that reaches the kernel’s own configuration, modules, keys, mounts, other processes or the clock', () => {
    const rules: readonly { names?: readonly string[]; action?: string }[] = seccompProfile.syscalls;
    const allowed = new Set(rules.flatMap(({ names = [], action }) => (action === 'SCMP_ACT_ALLOW' ? names : [])));
    assert.ok(allowed.has('read'));
    assert.deepEqual(
      never
        .trim()
        .split(/\s+/)
        .filter((name) => allowed.has(name)),
      [],
    );
  });
});
