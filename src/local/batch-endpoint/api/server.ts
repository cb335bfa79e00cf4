import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { checkSignature, type Signers } from './check-signature.ts';
import { operationsOn, type OperationParts } from './operations.ts';
import { parseRequest, tagResourceRequest, untagResourceRequest } from './requests.ts';
import { ResourceTags } from './tags.ts';
import { clientException, AwsError } from './aws-error.ts';

/** AWS's limits on a request's body, in bytes. */
const bodyLimits: Record<string, number> = { submitjob: 30 * 1024, registerjobdefinition: 24 * 1024 };
const otherBodies = 256 * 1024;

/**
 * The HTTP server: Batch's REST-JSON protocol for the operations and tags, and an unsigned GET /health, which also returns
 * how often each operation was called.
 */
export function createServer(parts: OperationParts & { signers: Signers; log: Logger }): FastifyInstance {
  const server = fastify({ bodyLimit: otherBodies, forceCloseConnections: 'idle' });
  server.setErrorHandler((error: FastifyError | AwsError, request, reply) => {
    const { type, status, message } = error instanceof AwsError ? error : awsErrorFor(error);
    parts.log[status >= 500 ? 'error' : 'warn'](
      { url: request.url, type, status, error: error.message },
      'request refused',
    );
    return reply.code(status).header('x-amzn-errortype', type).send({ message });
  });
  server.setNotFoundHandler((request) => {
    throw new AwsError(
      'UnknownOperationException',
      404,
      `This endpoint does not serve ${request.method} ${request.url}`,
    );
  });
  const operations = operationsOn(parts);
  const calls = Object.fromEntries(Object.keys(operations).map((name) => [name, 0]));
  server.get('/health', () => ({ ok: true, pid: process.pid, calls }));
  void server.register(async (signed) => {
    // The bytes are signed: nothing in them is parsed before the signature is verified.
    signed.removeAllContentTypeParsers();
    signed.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    signed.addHook('preValidation', async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { method, url, headers } = request;
      await checkSignature({ method, url, headers, body }, parts.signers);
      request.body = parsed(body);
    });
    for (const [name, operation] of Object.entries(operations)) {
      signed.post(`/v1/${name}`, { bodyLimit: bodyLimits[name] ?? otherBodies }, ({ body }) => {
        calls[name] = (calls[name] ?? 0) + 1;
        return operation(body);
      });
    }
    serveTags(signed, new ResourceTags(parts));
  });
  return server;
}

function serveTags(server: FastifyInstance, tags: ResourceTags): void {
  // A wildcard: ARNs exceed the router's length limit for named parameters and contain slashes.
  const path = '/v1/tags/*';
  type Route = { Params: { '*': string } };
  server.get<Route>(path, ({ params }) => ({ tags: tags.list(params['*']) }));
  server.post<Route>(path, ({ params, body }) => {
    tags.add(params['*'], parseRequest(tagResourceRequest, body).tags);
    return {};
  });
  server.delete<Route>(path, ({ params, query }) => {
    tags.remove(params['*'], parseRequest(untagResourceRequest, query).tagKeys);
    return {};
  });
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw clientException('The body is not JSON');
  }
}

function awsErrorFor(error: FastifyError): AwsError {
  const status = error.statusCode ?? 500;
  if (status === 413) return clientException('The request is larger than AWS Batch allows', 413);
  if (status < 500) return clientException(error.message);
  return new AwsError('ServerException', 500, error.message);
}
