/**
 * The system calls a submission may make: an allow list for x86-64, stricter than the engines' own. Others (mount, unshare,
 * ptrace, bpf, io_uring, keyctl, userfaultfd, perf, module and clock calls, …) return ENOSYS. 32-bit calls are killed, so
 * that socketcall(2) cannot bypass the rules below.
 *
 * io_setup(2) and its relatives are refused because fs.aio-max-nr is one number for all runs of a host, and no user or control
 * group has a share of its own. On ENOSYS nginx, MySQL and MariaDB fall back to other reads and writes; on EAGAIN, which a used-up
 * number gives, MySQL ends. aio_read(3) of glibc needs only threads.
 */
const allowed = `
  accept accept4 access adjtimex alarm arch_prctl bind brk capget capset chdir chmod chown clock_getres clock_gettime
  clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl
  epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64
  fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork
  fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait futex_waitv futex_wake futimesat
  get_mempolicy get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
  getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage
  getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch ioctl ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self
  lchown lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek lsetxattr lstat madvise map_shadow_stack
  mbind membarrier mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mprotect mq_getsetattr mq_notify mq_open
  mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap
  nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free
  pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_vm_readv process_vm_writev pselect6 pwrite64
  pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg remap_file_pages removexattr
  rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
  rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
  sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
  sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop sendfile
  sendmmsg sendmsg sendto set_mempolicy set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid
  setgroups setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid
  setxattr shmat shmctl shmdt shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs statx symlink
  symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
  timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat utime
  utimensat utimes vfork vmsplice wait4 waitid write writev`;

const notImplemented = 38;
/** AF_UNIX, AF_INET, AF_INET6. AF_VSOCK ignores network namespaces and AF_ALG opens kernel code: refused. */
const socketFamilies = [1, 2, 10];
/**
 * AF_NETLINK for NETLINK_ROUTE alone. Without it getifaddrs(3) fails, and with it NCCL, Gloo, libzmq (Ray, Jupyter) and
 * Node, which crash or find no loopback; it shows only the run's own loopback. Every other protocol loads or reaches
 * kernel code that no inference needs (netfilter, crypto, audit, generic): refused. Docker's own profile allows all.
 */
const routeNetlink = [
  { index: 0, value: 16, op: 'SCMP_CMP_EQ' },
  { index: 2, value: 0, op: 'SCMP_CMP_EQ' },
];
/** All CLONE_NEW* flags: no new namespaces. */
const namespaceFlags = 0x7e020000;
/** As used by setarch(8), debuggers and old runtimes: Linux, no address randomisation, 32-bit limits, and the query. */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

/**
 * Calls that take huge pages if a flag is set: argument and flag (MAP_HUGETLB, MFD_HUGETLB, SHM_HUGETLB). They come from one pool
 * of the host (vm.nr_hugepages), and a run's limit of memory does not count them. Programs use usual pages then.
 */
const hugePageFlags = [
  ['mmap', { index: 3, value: 0x4_0000 }],
  ['memfd_create', { index: 1, value: 0x4 }],
  ['shmget', { index: 2, value: 0o4000 }],
] as const;

/** The profile, in the JSON form that docker and podman read. */
export const seccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: notImplemented,
  architectures: ['SCMP_ARCH_X86_64'],
  syscalls: [
    { names: allowed.trim().split(/\s+/), action: 'SCMP_ACT_ALLOW' },
    ...socketFamilies.map((family) => allowFirstArgument('socket', { value: family, op: 'SCMP_CMP_EQ' })),
    { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: routeNetlink },
    ...personalities.map((value) => allowFirstArgument('personality', { value, op: 'SCMP_CMP_EQ' })),
    allowWithoutFlags('clone', { index: 0, value: namespaceFlags }),
    ...hugePageFlags.map(([name, flag]) => allowWithoutFlags(name, flag)),
    // Its flags are in memory, where a filter cannot read them; libc falls back to clone.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: notImplemented },
  ],
};

function allowFirstArgument(name: string, test: { value: number; op: string }): object {
  return { names: [name], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, ...test }] };
}

/** Allows a call if none of the flags `value` is set in an argument. */
function allowWithoutFlags(name: string, flags: { index: number; value: number }): object {
  return { names: [name], action: 'SCMP_ACT_ALLOW', args: [{ ...flags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }] };
}
