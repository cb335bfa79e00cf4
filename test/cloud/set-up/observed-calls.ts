import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** An AWS call on its way: the service as its signature names it, and the operation. */
interface Call {
  service: string;
  operation: string;
}

/** Passes the AWS calls of programs on to the services, unchanged, and notes the operation of each. */
export class ObservedCalls {
  private readonly seen = new Map<string, Set<string>>();
  private readonly servers: Server[] = [];

  /** `target`: the address of the service that answers a call. */
  constructor(private readonly target: (call: Call) => string) {}

  /** The address for the calls of one program, for all services. */
  async of(program: string): Promise<string> {
    const operations = this.operationsOf(program);
    const server = createServer((incoming, outgoing) => {
      void this.pass(operations, incoming, outgoing).catch(() => outgoing.destroy());
    });
    server.keepAliveTimeout = 10 * 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.servers.push(server);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  /** What a program called: `s3:GetObject`; Batch's operations in lower case, as its paths have them. */
  operationsOf(program: string): Set<string> {
    const known = this.seen.get(program) ?? new Set();
    this.seen.set(program, known);
    return known;
  }

  stop(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async pass(operations: Set<string>, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const service = serviceOf(headers.authorization);
    // Those of S3 can be large, and their operation is not in the body.
    const body = service === 's3' ? undefined : await bodyOf(incoming);
    const call = { service, operation: operationOf(service, incoming, body?.toString() ?? '') };
    operations.add(`${service}:${call.operation}`);
    const { hostname, port } = new URL(this.target(call));
    // A connection that is kept could be closed at the moment of its next use. The Host header is kept, which is signed.
    const onward = request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    if (body === undefined) incoming.pipe(onward);
    else onward.end(body);
  }
}

/** From the scope of the signature. */
const serviceOf = (authorization = ''): string =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization)?.[1] ?? 'unsigned';

/** JSON services name the operation in a header, query services in the body, Batch in the path. */
function operationOf(service: string, { method = '', url = '', headers }: IncomingMessage, body: string): string {
  if (service === 's3') return s3Operation(method, url);
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? url.slice(url.lastIndexOf('/') + 1);
}

/** An operation that Holdout has never used shows as its method and URL. */
function s3Operation(method: string, url: string): string {
  const { pathname, searchParams: query } = new URL(url, 'http://s3');
  const isObject = /^\/[^/]+\/./.test(pathname);
  const unknown = `${method} ${url}`;
  if (query.has('list-type')) return 'ListObjectsV2';
  switch (method) {
    case 'HEAD':
      return isObject ? 'HeadObject' : 'HeadBucket';
    case 'GET':
      return isObject ? 'GetObject' : unknown;
    case 'PUT':
      return query.has('partNumber') ? 'UploadPart' : 'PutObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : unknown;
    default:
      return unknown;
  }
}

/** The action of ECR that a request of skopeo, podman or docker to its registry needs. */
export function registryAction(method: string, path: string): string {
  if (path.includes('/manifests/')) return method === 'PUT' ? 'ecr:PutImage' : 'ecr:BatchGetImage';
  if (!path.includes('/blobs/')) return `ecr:${method} ${path}`;
  switch (method) {
    case 'HEAD':
      return 'ecr:BatchCheckLayerAvailability';
    case 'POST':
      return 'ecr:InitiateLayerUpload';
    case 'PATCH':
      return 'ecr:UploadLayerPart';
    case 'PUT':
      return 'ecr:CompleteLayerUpload';
    default:
      return 'ecr:GetDownloadUrlForLayer';
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
