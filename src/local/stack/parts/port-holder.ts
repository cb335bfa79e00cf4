import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The program that listens on a TCP port, e.g. `nginx (pid 812)`; undefined when unknown. */
export function portHolder(port: number): string | undefined {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port));
  if (sockets.length === 0) return undefined;
  const pid = attempt(() => readdirSync('/proc'))
    ?.filter((name) => /^[0-9]+$/.test(name))
    .find((pid) => holdsAny(pid, sockets));
  return pid === undefined
    ? undefined
    : `${attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())} (pid ${pid})`;
}

/** Inode numbers of the listening sockets; columns as in proc_net_tcp: local address, remote, state (0A listens), … */
function listeningSockets(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return (attempt(() => readFileSync(table, 'utf8')) ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hexPort}`))
    .flatMap((columns) => (columns[9] === undefined ? [] : [`socket:[${columns[9]}]`]));
}

function holdsAny(pid: string, sockets: string[]): boolean {
  const descriptors = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.some((descriptor) =>
    sockets.includes(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? ''),
  );
}

/** Undefined when reading /proc fails: processes end meanwhile, and those of other users are not readable. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
