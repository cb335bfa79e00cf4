import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';

/** A proxy that forwards and counts requests. */
export interface RequestCounter {
  endpoint: string;
  readonly seen: readonly SeenRequest[];
  count(method: string, pathPrefix: string): number;
  /** Answers the next requests itself, each with one of these statuses. */
  refuse(...statuses: number[]): void;
  close(): void;
}

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** Starts a counter in front of the server at `target`; signatures stay valid because the Host header is kept. */
export async function countRequests(target: string): Promise<RequestCounter> {
  const seen: SeenRequest[] = [];
  const refusals: number[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    seen.push({ method, path, headers });
    const status = refusals.shift();
    if (status !== undefined) {
      outgoing.writeHead(status).end();
      return;
    }
    const { hostname, port } = new URL(target);
    // A connection that is kept could be closed at the moment of its next use.
    const onward = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.keepAliveTimeout = 10 * 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    seen,
    count: (method, prefix) => seen.filter((one) => one.method === method && one.path.startsWith(prefix)).length,
    refuse: (...statuses) => void refusals.push(...statuses),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
