import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { StartUp } from '../start-up-file.ts';
import { checkSignature, type Signers } from './check-signature.ts';
import { CallMeter } from './call-meter.ts';
import type { OperationParts } from './operations/operation.ts';
import { operationsOn } from './operations/operations.ts';
import { parseRequest } from './requests/parse.ts';
import { tagResourceRequest, untagResourceRequest } from './requests/queue-requests.ts';
import { ResourceTags } from './tags.ts';
import { Throttle } from './throttle.ts';
import { clientException, messageFor, AwsError } from './aws-error.ts';

/** AWS's limits on a request's body, in bytes. */
const bodyLimits: Record<string, number> = { submitjob: 30 * 1024, registerjobdefinition: 24 * 1024 };
const otherBodies = 256 * 1024;

type ServerParts = Omit<OperationParts, 'startUp'> & {
  startUp: OperationParts['startUp'] & Pick<StartUp, 'callsPerSecond'>;
  signers: Signers;
  log: Logger;
};

/**
 * The HTTP server: Batch's REST-JSON protocol for the operations and tags, and an unsigned GET /health, which also returns
 * how often each operation was called, the most calls within one second, and how many calls were throttled.
 */
export function createServer(parts: ServerParts): FastifyInstance {
  const server = fastify({
    bodyLimit: otherBodies,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestIdHeader: false,
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-amzn-requestid', request.id);
  });
  answerErrors(server, parts.log);
  const operations = operationsOn(parts);
  const meter = new CallMeter(Object.keys(operations));
  server.get('/health', () => {
    const { calls, busiestSecond, throttled } = meter;
    return { ok: true, pid: process.pid, calls, busiestSecond, throttled };
  });
  void server.register(async (signed) => {
    checkRequests(signed, parts, meter);
    for (const [name, operation] of Object.entries(operations)) {
      const bodyLimit = bodyLimits[name] ?? otherBodies;
      signed.post(`/v1/${name}`, { bodyLimit }, ({ body }) => operation(body));
    }
    serveTags(signed, new ResourceTags(parts));
  });
  return server;
}

function answerErrors(server: FastifyInstance, log: Logger): void {
  server.setErrorHandler((error: FastifyError | AwsError, request, reply) => {
    const aws = error instanceof AwsError ? error : awsErrorFor(error);
    const { type, status } = aws;
    const level = status >= 500 ? 'error' : 'warn';
    log[level]({ url: request.url, type, status, error: error.message }, 'request refused');
    return reply
      .code(status)
      .header('x-amzn-errortype', type)
      .send({ message: messageFor(aws, request.id) });
  });
  server.setNotFoundHandler((request) => {
    throw new AwsError(
      'UnknownOperationException',
      404,
      `This endpoint does not serve ${request.method} ${request.url}`,
    );
  });
}

/** Every request is signed, and counts against the account's limit. */
function checkRequests(server: FastifyInstance, { signers, startUp }: ServerParts, meter: CallMeter): void {
  const throttle = new Throttle(startUp.callsPerSecond);
  // The bytes are signed: nothing in them is parsed before the signature is verified.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('preValidation', async (request) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { method, url, headers } = request;
    await checkSignature({ method, url, headers, body }, signers);
    meter.count(url.split('/')[2] ?? '');
    if (!throttle.admits()) {
      meter.throttled += 1;
      throw new AwsError('TooManyRequestsException', 429, 'Too Many Requests');
    }
    request.body = parsed(body);
  });
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
