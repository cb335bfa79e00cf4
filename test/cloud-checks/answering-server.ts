import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setVariables } from '../support/images/ecr-api.ts';

/** A call as a service gets it: JSON services name the operation in a header, query services in the body. */
export interface ReceivedCall {
  operation: string;
  /** The fields of the JSON body, or of the query. */
  fields: Record<string, unknown>;
}

/** What the service answers: JSON, or the text of an XML document. */
export interface ServiceAnswer {
  status?: number;
  body: object | string;
}

/** A service that no server by others has, for the answers that a check has to tell apart. `service`: as in AWS_ENDPOINT_URL_…. */
export async function answeringServer(
  service: 'IAM' | 'SERVICE_QUOTAS',
  answer: (call: ReceivedCall) => ServiceAnswer,
): Promise<{ calls: ReceivedCall[]; close: () => void }> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = callOf(request.headers['x-amz-target'], Buffer.concat(chunks).toString());
      calls.push(call);
      const { status = 200, body } = answer(call);
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/xml' : 'application/x-amz-json-1.1' });
      response.end(isText ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = setVariables({
    [`AWS_ENDPOINT_URL_${service}`]: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const close = (): void => {
    restore();
    server.close();
    server.closeAllConnections();
  };
  return { calls, close };
}

function callOf(target: string | string[] | undefined, body: string): ReceivedCall {
  if (typeof target === 'string') {
    return { operation: target.split('.').at(-1) ?? '', fields: JSON.parse(body) as Record<string, unknown> };
  }
  const query = new URLSearchParams(body);
  return { operation: query.get('Action') ?? '', fields: Object.fromEntries(query) };
}
