/** ECR's API on loopback, with the two operations that Holdout calls, for faults that no real ECR can be told to have. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer: the body, or an error of the API. */
export type EcrAnswer = { body: object } | { error: string; message: string };

export interface EcrApi {
  /** Bodies of the calls, by operation. */
  calls: { operation: string; body: Record<string, unknown> }[];
  answer: (operation: string, give: () => EcrAnswer) => void;
  close: () => Promise<void>;
}

/** Starts it and points the AWS SDK of this process to it, until it is closed. */
export async function startEcrApi(): Promise<EcrApi> {
  const answers = new Map<string, () => EcrAnswer>();
  const calls: EcrApi['calls'] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      calls.push({ operation, body: JSON.parse(text) as Record<string, unknown> });
      const given = answers.get(operation)?.() ?? { error: 'UnknownOperationException', message: operation };
      const isError = 'error' in given;
      response.writeHead(isError ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(isError ? { __type: given.error, message: given.message } : given.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const restore = setVariables({
    AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? 'test',
    AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'test',
  });
  return {
    calls,
    answer: (operation, give) => answers.set(operation, give),
    close: async () => {
      restore();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sets variables of this process; `undefined` removes one. Returns what undoes it. */
export function setVariables(variables: Record<string, string | undefined>): () => void {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const set = (values: Record<string, string | undefined>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(variables);
  return () => set(before);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
