import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import type { Agent } from 'undici';
import { connectionLimits } from './s3-client.ts';

/** A response to the request of a small object. `body`: undefined if it is longer than `maxBytes`. */
export interface SmallResponse {
  status: number;
  headers: ResponseHeaders;
  body: Buffer | undefined;
}

type ResponseHeaders = Record<string, string | string[] | undefined>;

/** Requests that go over the connections of the SDK's client. */
export const fewRequests = 1_000;

/** As many as the SDK's own client opens to one server. */
const connectionsAtOnce = 50;

/**
 * Sends requests for small objects. The first go over the connections of the SDK's client. Who sends more loads undici, which costs
 * 0.1 s of processor time once, and less than half of the processor time for each request (docs/adr/0018).
 */
export class SmallObjectConnections {
  private sent = 0;
  private agent: Promise<Agent | undefined> | undefined;

  constructor(
    private readonly client: S3Client,
    private readonly maxBytes: number,
    private readonly few = fewRequests,
  ) {}

  /** Throws if there is no whole response. */
  async send(request: HttpRequest): Promise<SmallResponse> {
    this.sent += 1;
    if (this.sent > this.few) this.agent ??= openAgent();
    const agent = await this.agent;
    return agent === undefined ? this.sendBySdk(request) : this.sendBy(agent, request);
  }

  private async sendBySdk(request: HttpRequest): Promise<SmallResponse> {
    const { response } = await this.client.config.requestHandler.handle(request);
    const { statusCode, headers, body } = response as { statusCode: number; headers: ResponseHeaders; body: Readable };
    const chunks = new Chunks(this.maxBytes);
    if (chunks.accept(headers)) {
      for await (const chunk of body) if (!chunks.add(chunk as Buffer)) break;
    } else body.destroy();
    return { status: statusCode, headers, body: chunks.all };
  }

  private sendBy(agent: Agent, { protocol, hostname, port, path, headers }: HttpRequest): Promise<SmallResponse> {
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
    return new Promise((resolve, reject) => {
      const chunks = new Chunks(this.maxBytes);
      let response: Omit<SmallResponse, 'body'> = { status: 0, headers: {} };
      const giveUp = (abort: (reason: Error) => void): void => {
        resolve({ ...response, body: undefined });
        abort(new Error('the object is not small'));
      };
      agent.dispatch(
        { origin, path, method: 'GET', headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: (controller, status, responseHeaders) => {
            response = { status, headers: responseHeaders };
            if (!chunks.accept(responseHeaders)) giveUp((reason) => controller.abort(reason));
          },
          onResponseData: (controller, chunk) => {
            if (!chunks.add(chunk)) giveUp((reason) => controller.abort(reason));
          },
          onResponseEnd: () => resolve({ ...response, body: chunks.all }),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  }
}

/** The chunks of a body. S3 does not say how long its errors are. */
class Chunks {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Undefined if they are more than `maxBytes`. */
  get all(): Buffer | undefined {
    return this.bytes > this.maxBytes ? undefined : Buffer.concat(this.chunks);
  }

  /** Returns whether a body with these headers may be small. */
  accept(headers: ResponseHeaders): boolean {
    if (Number(headers['content-length']) > this.maxBytes) this.bytes = Infinity;
    return this.bytes <= this.maxBytes;
  }

  /** Returns whether they still are at most `maxBytes`. */
  add(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (this.bytes <= this.maxBytes) this.chunks.push(chunk);
    return this.bytes <= this.maxBytes;
  }
}

/** Its idle connections do not keep the process alive. Undefined in a program whose bundle has no undici: the runner. */
async function openAgent(): Promise<Agent | undefined> {
  const undici = await import('undici').catch(() => undefined);
  if (undici === undefined) return undefined;
  const { connectionTimeout, socketTimeout } = connectionLimits;
  return new undici.Agent({
    connections: connectionsAtOnce,
    connect: { timeout: connectionTimeout },
    headersTimeout: socketTimeout,
    bodyTimeout: socketTimeout,
  });
}
