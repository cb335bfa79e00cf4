/** Numbers of x86-64, from the kernel's syscall_64.tbl. */
export const nr = {
  read: 0,
  write: 1,
  open: 2,
  mmap: 9,
  pwrite64: 18,
  pause: 34,
  nanosleep: 35,
  getpid: 39,
  socket: 41,
  connect: 42,
  clone: 56,
  fork: 57,
  vfork: 58,
  exit: 60,
  wait4: 61,
  kill: 62,
  unlink: 87,
  getrlimit: 97,
  getuid: 102,
  getgid: 104,
  setuid: 105,
  setgid: 106,
  getgroups: 115,
  mknod: 133,
  statfs: 137,
  setpriority: 141,
  exitGroup: 231,
} as const;

export const openFlags = {
  writeOnly: 1,
  readAndWrite: 2,
  create: 0o100,
  noControllingTerminal: 0o400,
  truncate: 0o1000,
} as const;

/** Errors, as system calls return them. */
export const errno = {
  EPERM: -1,
  ENOENT: -2,
  ESRCH: -3,
  EBADF: -9,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EINVAL: -22,
  ENOSPC: -28,
  EROFS: -30,
  ENOSYS: -38,
  EAFNOSUPPORT: -97,
  EADDRNOTAVAIL: -99,
  ENETDOWN: -100,
  ENETUNREACH: -101,
  ECONNREFUSED: -111,
  EHOSTUNREACH: -113,
  EINPROGRESS: -115,
} as const;

/** The name of an error, or the number. */
export const resultName = (result: number): string =>
  Object.entries(errno).find(([, value]) => value === result)?.[0] ?? String(result);
