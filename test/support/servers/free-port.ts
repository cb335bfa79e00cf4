import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which the kernel takes ports for outgoing connections (32768 and up). */
const [first, count] = [20_000, 12_000];

/** A port of loopback that was free a moment ago, drawn at random so that two processes seldom get the same one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
