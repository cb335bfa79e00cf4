import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listening = '0A';

/** The addresses on which a process listens, by the kernel's own tables: `127.0.0.1:4566`, `[::]:8233`. */
export function listenersOf(pid: number): string[] {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).flatMap((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => state === listening && inodes.has(inode))
      .map(([, local = '']) => addressOf(local)),
  );
}

/** The number of the socket behind a descriptor. */
function inodeOf(link: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.slice(1) ?? [];
  } catch {
    // It was closed meanwhile.
    return [];
  }
}

/** The kernel writes each four bytes of an address as one number of the machine. */
function addressOf(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const words = (address.match(/.{8}/g) ?? []).map((word) => Buffer.from(word, 'hex').reverse());
  const bytes = Buffer.concat(words);
  const named = bytes.length === 4 ? bytes.join('.') : `[${ipv6(bytes)}]`;
  return `${named}:${Number.parseInt(port, 16)}`;
}

const ipv6 = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return /^0+$/.test(hex) ? '::' : /^0{31}1$/.test(hex) ? '::1' : (hex.match(/.{4}/g) ?? []).join(':');
};
