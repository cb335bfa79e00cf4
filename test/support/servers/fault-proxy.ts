/** A proxy between a client and the Batch endpoint that counts calls and injects faults. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** Operations of Batch's API, by the last part of their path. */
export type BatchOperation =
  'submitjob' | 'describejobs' | 'listjobs' | 'terminatejob' | 'terminatejobs' | 'describejobdefinitions';

type Body = Record<string, unknown>;

export type Fault =
  /** The proxy responds; the endpoint receives nothing. */
  | { kind: 'refuse'; status: number; type: string; message?: string }
  /** The endpoint carries it out, but the response is lost. */
  | { kind: 'lose-response' }
  /** No response; the endpoint receives nothing. */
  | { kind: 'hang' }
  /** Forwarded once `until` settles. */
  | { kind: 'hold'; until: () => Promise<unknown> }
  /** Changes the endpoint's response. */
  | { kind: 'answer'; change: (answer: Body, asked: Body) => Body | Promise<Body> };

export const faults = {
  serverError: { kind: 'refuse', status: 500, type: 'ServerException' },
  denied: { kind: 'refuse', status: 403, type: 'AccessDeniedException' },
  unknownJob: { kind: 'refuse', status: 404, type: 'ClientException' },
  throttled: { kind: 'refuse', status: 429, type: 'TooManyRequestsException' },
  loseResponse: { kind: 'lose-response' },
  hang: { kind: 'hang' },
  noJobsDescribed: { kind: 'answer', change: () => ({ jobs: [] }) },
  noJobsListed: { kind: 'answer', change: () => ({ jobSummaryList: [] }) },
} as const satisfies Record<string, Fault>;

export class FaultProxy {
  /** `at`: when the call arrived, in ms of `performance.now()`. */
  readonly calls: { operation: string; body: Body; at: number }[] = [];
  private readonly faults = new Map<string, { fault: Fault; left: number }>();
  private readonly server = createServer((incoming, outgoing) => {
    void this.serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  endpoint = '';

  /** `target` is called for every request: a restarted endpoint has another port. */
  constructor(private readonly target: () => string) {}

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.endpoint = `http://127.0.0.1:${address.port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Injects a fault into the next `times` calls of an operation. */
  inject(operation: BatchOperation, fault: Fault, times = Infinity): void {
    this.faults.set(operation, { fault, left: times });
  }

  lift(operation: BatchOperation): void {
    this.faults.delete(operation);
  }

  /** Removes all faults and forgets all calls. */
  reset(): void {
    this.faults.clear();
    this.calls.length = 0;
  }

  /** With `jobId`, the calls about that job: the worker may still be ending those of earlier tests. */
  count(operation: BatchOperation, jobId?: string): number {
    return this.bodies(operation).filter((body) => jobId === undefined || body['jobId'] === jobId).length;
  }

  bodies(operation: BatchOperation): Body[] {
    return this.calls.filter((one) => one.operation === operation).map(({ body }) => body);
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const operation = incoming.url?.split('/').at(-1) ?? '';
    const content = await textOf(incoming);
    const asked = JSON.parse(content || '{}') as Body;
    this.calls.push({ operation, body: asked, at: performance.now() });
    const fault = this.faultFor(operation);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'refuse') {
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', 'x-amzn-errortype': fault.type });
      outgoing.end(JSON.stringify({ message: fault.message ?? 'injected' }));
      return;
    }
    if (fault?.kind === 'hold') await fault.until();
    const answer = await this.forward(incoming, content);
    const text = await textOf(answer);
    if (fault?.kind === 'lose-response') {
      outgoing.destroy();
      return;
    }
    const body = fault?.kind === 'answer' ? JSON.stringify(await fault.change(JSON.parse(text) as Body, asked)) : text;
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': Buffer.byteLength(body) });
    outgoing.end(body);
  }

  private faultFor(operation: string): Fault | undefined {
    const injected = this.faults.get(operation);
    if (injected === undefined) return undefined;
    injected.left -= 1;
    if (injected.left <= 0) this.faults.delete(operation);
    return injected.fault;
  }

  private async forward({ method, url, headers }: IncomingMessage, content: string): Promise<IncomingMessage> {
    const { hostname, port } = new URL(this.target());
    const onward = request({ hostname, port, method, path: url, headers });
    onward.end(content);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return answer;
  }
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
