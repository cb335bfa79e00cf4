import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket to which anybody who reaches it can send. */
export interface Listener {
  pid: number;
  protocol: string;
  port: number;
  isLoopback: boolean;
}

/** States by include/net/tcp_states.h: TCP sockets that listen, and UDP sockets, which are closed unless they are connected. */
const listening: Record<string, string> = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };
/** As the kernel writes addresses, in words of the machine's byte order: 127/8, ::1, and 127/8 within IPv6. */
const loopback = /^(?:.{6}7F|0{24}01000000|0{16}FFFF0000.{6}7F)$/;

/** The sockets on which processes listen, of this network namespace (proc_net(5)). */
export function listenersOf(pids: readonly number[]): Listener[] {
  const owners = new Map(pids.flatMap((pid) => socketsOf(pid).map((inode): [string, number] => [inode, pid])));
  return Object.entries(listening).flatMap(([protocol, state]) => {
    const file = `/proc/net/${protocol}`;
    // A kernel may be without IPv6.
    const [, ...lines] = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    return lines.flatMap((line) => {
      const [, local = '', , found, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      const pid = owners.get(inode);
      if (found !== state || pid === undefined) return [];
      return [{ pid, protocol, port: Number.parseInt(port, 16), isLoopback: loopback.test(address) }];
    });
  });
}

/** Inodes of the sockets of a process; none if it has ended. */
function socketsOf(pid: number): string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1] ?? []);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
