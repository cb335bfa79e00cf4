/** A system call that no submission may reach, with its first arguments; missing ones are 0. */
type ForbiddenCall = readonly [number: number, ...args: number[]];

/** Above every process id. */
const noProcess = 0x7fff_ffff;
const [newUserNamespace, childSignal] = [0x1000_0000, 17];
const [hugePage, privateAnonymous] = [2 ** 21, 0x22];
const [inet, netlink, packet, alg, vsock, xdp] = [2, 16, 17, 38, 40, 44];
const [stream, datagram, raw, seqpacket] = [1, 2, 3, 5];

/**
 * Representatives of each group of system calls that the filter refuses, with ENOSYS; any other result shows that they reached
 * the kernel. The arguments make them harmless there.
 */
export const forbiddenCalls = {
  // Namespaces, mounts and roots.
  unshare: [272, newUserNamespace],
  'clone into a user namespace': [56, newUserNamespace + childSignal],
  clone3: [435],
  setns: [308, -1],
  mount: [165],
  umount2: [166],
  pivot_root: [155],
  chroot: [161],
  fsopen: [430],
  open_tree: [428],
  move_mount: [429],
  name_to_handle_at: [303],
  open_by_handle_at: [304],
  // Other processes, the kernel's tracing and its modules.
  'ptrace PTRACE_ATTACH': [101, 16, noProcess],
  kcmp: [312],
  pidfd_getfd: [438],
  move_pages: [279],
  bpf: [321, -1],
  perf_event_open: [298],
  userfaultfd: [323, -1],
  init_module: [175],
  finit_module: [313, -1],
  kexec_load: [246, 0, 0, 0, -1],
  // Asynchronous input and output beside the filters, keys, secret memory, watches.
  io_uring_setup: [425],
  io_uring_enter: [426, -1],
  io_uring_register: [427, -1],
  add_key: [248],
  request_key: [249],
  keyctl: [250],
  memfd_secret: [447, -1],
  fanotify_init: [300],
  // Pools that all runs of a host share.
  io_setup: [206, 1],
  io_destroy: [207],
  io_getevents: [208],
  io_submit: [209],
  io_cancel: [210],
  io_pgetevents: [333],
  'mmap MAP_HUGETLB': [9, 0, hugePage, 3, privateAnonymous + 0x4_0000],
  'memfd_create MFD_HUGETLB': [319, 0, 4],
  'shmget SHM_HUGETLB': [29, 0, hugePage, 0o4000 + 0o1600],
  // Clocks, logs and personalities.
  settimeofday: [164],
  syslog: [103, 3],
  'personality READ_IMPLIES_EXEC': [135, 0x40_0000],
  // Sockets that no network namespace confines, or that reach the kernel's own code.
  'socket AF_VSOCK': [41, vsock, stream],
  'socket AF_ALG': [41, alg, seqpacket],
  'socket AF_PACKET': [41, packet, raw],
  'socket AF_XDP': [41, xdp, raw],
  'socket AF_NETLINK NETLINK_SOCK_DIAG': [41, netlink, raw, 4],
  'socket AF_NETLINK NETLINK_NETFILTER': [41, netlink, raw, 12],
  'socket AF_NETLINK NETLINK_GENERIC': [41, netlink, raw, 16],
} as const satisfies Record<string, ForbiddenCall>;

/** `unknown`: create_module(2), which no kernel has any more, so that it shows what the filter answers. `rawSocket`: for a capability, not for the filter. */
export const otherCalls = { unknown: [174], rawSocket: [41, inet, raw, 1] } as const;
/** Calls with these arguments make a child that must end at once. */
export const makesChild = (name: string): boolean => name.startsWith('clone');
/** Kinds of sockets to connect with. */
export const socketTypes = { stream, datagram } as const;
