import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import type { Agent } from 'undici';
import { connectionLimits } from './s3-client.ts';

/** A response to the request of a small object. `body`: undefined if it is longer than `maxBytes`, or of unknown length. */
export interface SmallResponse {
  status: number;
  headers: ResponseHeaders;
  body: Buffer | undefined;
}

type ResponseHeaders = Record<string, string | string[] | undefined>;

/** As many as the SDK's own client opens to one server. */
const connectionsAtOnce = 50;

/**
 * Sends requests for small objects. The first go over the connections of the SDK's client. A process that sends more of them loads
 * undici, which costs 0.1 s of processor time once, and less than half of the processor time for each request (docs/adr/0018).
 */
export class SmallObjectConnections {
  private sent = 0;
  private agent: Promise<Agent> | undefined;

  constructor(
    private readonly client: S3Client,
    private readonly maxBytes: number,
    /** Requests over the connections of the SDK's client. */
    private readonly few = 1_000,
  ) {}

  /** Throws if there is no whole response. */
  async send(request: HttpRequest): Promise<SmallResponse> {
    this.sent += 1;
    if (this.sent <= this.few) return this.sendBySdk(request);
    this.agent ??= openAgent();
    return this.sendBy(await this.agent, request);
  }

  private async sendBySdk(request: HttpRequest): Promise<SmallResponse> {
    const { response } = await this.client.config.requestHandler.handle(request);
    const {
      statusCode: status,
      headers,
      body,
    } = response as {
      statusCode: number;
      headers: ResponseHeaders;
      body: Readable;
    };
    if (this.isSmall(headers)) return { status, headers, body: Buffer.concat((await body.toArray()) as Buffer[]) };
    body.destroy();
    return { status, headers, body: undefined };
  }

  private sendBy(agent: Agent, { protocol, hostname, port, path, headers }: HttpRequest): Promise<SmallResponse> {
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
    return new Promise((resolve, reject) => {
      let response: Omit<SmallResponse, 'body'>;
      const chunks: Buffer[] = [];
      agent.dispatch(
        { origin, path, method: 'GET', headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: (controller, status, responseHeaders) => {
            response = { status, headers: responseHeaders };
            if (this.isSmall(responseHeaders)) return;
            resolve({ ...response, body: undefined });
            controller.abort(new Error('the object is not small'));
          },
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve({ ...response, body: Buffer.concat(chunks) }),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  }

  private isSmall(headers: ResponseHeaders): boolean {
    return Number(headers['content-length']) <= this.maxBytes;
  }
}

/** Its idle connections do not keep the process alive. */
async function openAgent(): Promise<Agent> {
  const { Agent: UndiciAgent } = await import('undici');
  const { connectionTimeout, socketTimeout } = connectionLimits;
  return new UndiciAgent({
    connections: connectionsAtOnce,
    connect: { timeout: connectionTimeout },
    headersTimeout: socketTimeout,
    bodyTimeout: socketTimeout,
  });
}
