import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holdoutError } from '../errors.ts';

/** Listens on an address, by default the loopback one, and returns the port; 0 takes a free one. Throws PORT_BUSY. */
export async function listen(server: Server, port: number, address = '127.0.0.1'): Promise<number> {
  try {
    await once(server.listen(port, address), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw holdoutError('PORT_BUSY', { port, variable: 'HOLDOUT_UI_PORT' }, error);
  }
  return (server.address() as AddressInfo).port;
}
