import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The TCP ports on which a process listens, from /proc. */
export function listeningPortsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  const own = new Set(readdirSync(folder).map((descriptor) => linkAt(`${folder}/${descriptor}`)));
  // Columns as in proc_net_tcp: local address, remote address, state (0A listens), …, inode.
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => readFileSync(table, 'utf8').split('\n'));
  const ports = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && own.has(`socket:[${inode}]`))
    .map(([, local = '']) => Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
  return [...new Set(ports)].toSorted((one, other) => one - other);
}

/** A descriptor may be closed meanwhile. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
