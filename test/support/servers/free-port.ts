import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which the kernel takes ports for outgoing connections (32768 and up). */
const [first, count] = [20_000, 12_000];

/** A port of loopback that was free a moment ago, drawn at random so that two processes seldom get the same one. */
export const freePort = (): Promise<number> => freePorts(1);

/** The first of several ports in a row that were free a moment ago. */
export async function freePorts(inRow: number): Promise<number> {
  for (;;) {
    const from = first + Math.floor(Math.random() * (count - inRow));
    const ports = Array.from({ length: inRow }, (_, place) => from + place);
    const free = await Promise.all(ports.map(isFree));
    if (free.every((one) => one)) return from;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
