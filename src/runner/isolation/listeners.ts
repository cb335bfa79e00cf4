import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { abstractTarget, internetTarget, type Target } from './program/target.ts';

/** Addresses of metadata services, of resolvers, of private networks and of the internet. */
const elsewhere: readonly (readonly ['tcp' | 'udp', host: string, port: number])[] = [
  ['tcp', '169.254.169.254', 80],
  ['tcp', '169.254.170.2', 80],
  ['tcp', 'fd00:ec2::254', 80],
  ['tcp', '10.0.0.2', 443],
  ['tcp', '192.168.0.1', 443],
  ['tcp', '1.1.1.1', 443],
  ['udp', '169.254.169.253', 53],
  ['udp', '10.0.0.2', 53],
];

/** What a drill tries to reach, and what really arrived. */
export interface Listeners {
  targets: Target[];
  /** Names of the targets on this host at which a connection arrived. */
  reached(): string[];
  close(): void;
}

/** Listens on the host's loopback and on a socket without a file, whose name is `name`. */
export async function startListeners(name: string): Promise<Listeners> {
  const reached = new Set<string>();
  const [tcp, unix] = [createServer(), createServer()];
  await Promise.all([once(tcp.listen(0, '127.0.0.1'), 'listening'), once(unix.listen(`\0${name}`), 'listening')]);
  const { port } = tcp.address() as AddressInfo;
  const own = [internetTarget('tcp', '127.0.0.1', port), abstractTarget(name)].filter((target) => target !== undefined);
  [tcp, unix].forEach((server, n) =>
    server.on('connection', (connection) => {
      connection.destroy();
      reached.add(own[n]?.name ?? '');
    }),
  );
  return {
    targets: [...own, ...(await targetsElsewhere())],
    reached: () => [...reached],
    close: () => [tcp, unix].forEach((server) => server.close()),
  };
}

/** Without the loopback: what is bound there belongs to the container itself. */
async function targetsElsewhere(): Promise<Target[]> {
  const resolvers = (await nameServers()).map((host) => ['udp', host, 53] as const);
  return [...elsewhere, ...resolvers]
    .flatMap((target) => internetTarget(...target) ?? [])
    .filter(({ isLoopback }) => !isLoopback);
}

/** The resolvers of this host, by resolv.conf(5). */
async function nameServers(): Promise<string[]> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  return [...text.matchAll(/^nameserver\s+(\S+)/gm)].map(([, host = '']) => host);
}
