import { isIPv4, isIPv6 } from 'node:net';

/** Something that a submission must not reach. */
export interface Target {
  name: string;
  kind: 'tcp' | 'udp' | 'unix';
  /** A sockaddr of the kernel. */
  address: Buffer;
  /** Only the host's own programs answer there; a container's own loopback may refuse. */
  isLoopback: boolean;
}

const families = { unix: 1, inet: 2, inet6: 10 } as const;

/** An address and a port; undefined for text that is no address. */
export function internetTarget(kind: 'tcp' | 'udp', host: string, port: number): Target | undefined {
  const address = isIPv4(host) ? ipv4(host, port) : isIPv6(host) ? ipv6(host, port) : undefined;
  const isLoopback = host.startsWith('127.') || host === '::1';
  return address && { name: `${host} port ${port} (${kind})`, kind, address, isLoopback };
}

/** A socket by a name without a file, which only the network namespace hides. */
export const abstractTarget = (name: string): Target => ({
  name: `the host's socket @${name}`,
  kind: 'unix',
  address: Buffer.concat([family(families.unix), Buffer.from(`\0${name}`)]),
  isLoopback: true,
});

const ipv4 = (host: string, port: number): Buffer =>
  Buffer.concat([family(families.inet), bigEndian(port), Buffer.from(host.split('.').map(Number)), Buffer.alloc(8)]);

const ipv6 = (host: string, port: number): Buffer =>
  Buffer.concat([family(families.inet6), bigEndian(port), Buffer.alloc(4), groupsOf(host), Buffer.alloc(4)]);

/** The 16 bytes of an address without a scope, in which `::` may stand for zeros. */
function groupsOf(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.concat([...before, ...zeros, ...after].map(bigEndian));
}

function family(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(number);
  return bytes;
}

function bigEndian(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}
