import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { addressText, type MetricsAddress } from '../../metrics/metrics-address.ts';
import { holdoutError, messageOf } from '../../errors.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Serves the metrics under `/metrics`. Throws METRICS_UNAVAILABLE. */
export async function serveMetrics(
  metrics: Pick<WorkerMetrics, 'text' | 'contentType'>,
  address: MetricsAddress,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (isForThisMachine(address) && isFromPage(request)) response.writeHead(403).end();
    else void reply(metrics, request, response);
  });
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw holdoutError('METRICS_UNAVAILABLE', { address: addressText(address), cause: messageOf(error) }, error);
  }
  return server;
}

const isForThisMachine = ({ host }: MetricsAddress): boolean => host.startsWith('127.') || host === '::1';

/** A web page reads this port only under a name of its own, which it pointed at this machine; or it sends its origin. */
function isFromPage({ headers: { host = '', origin } }: IncomingMessage): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return origin !== undefined || (name !== 'localhost' && isIP(name) === 0);
}

async function reply(
  metrics: Pick<WorkerMetrics, 'text' | 'contentType'>,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  try {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  } catch (error) {
    response.writeHead(500).end(messageOf(error));
  }
}
