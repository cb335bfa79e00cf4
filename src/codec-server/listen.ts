import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holdoutError } from '../errors.ts';

/** Listens on the loopback address and returns the port; 0 takes a free one. Throws PORT_BUSY. */
export async function listenLocally(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw holdoutError('PORT_BUSY', { port, variable: 'HOLDOUT_UI_PORT' }, error);
  }
  return (server.address() as AddressInfo).port;
}
