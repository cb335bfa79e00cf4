import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { KeyRing } from '../codec/key-ring.ts';
import { messageOf } from '../errors.ts';
import { admission } from './admission.ts';
import { decoded, encoded, recipientOf, sealedMessage } from './codec-calls.ts';
import { payloadsIn, type JsonPayload } from './json-payload.ts';
import type { CodecServerSettings } from './codec-server-settings.ts';
import { jsonFrom, passOn } from './upstream.ts';

/** Bytes of a request that is read as a whole; a page of a history has some megabytes. */
const longestBody = 64 * 1024 * 1024;

type Served = Pick<CodecServerSettings, 'webUi' | 'token'>;

/** Temporal's Web UI with open payloads, for one operator, on the loopback address. */
export function openCodecServer(keys: KeyRing, settings: Served): Server {
  return createServer((request, response) => {
    respond(request, response, keys, settings).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else text(response, isOfRequest(error) ? 400 : 502, messageOf(error));
    });
  });
}

/** Whether the request is at fault, by what is thrown for its body or its address. */
const isOfRequest = (error: unknown): boolean => error instanceof RangeError || error instanceof URIError;

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  keys: KeyRing,
  { token, webUi }: Served,
): Promise<void> {
  // Node knows it as long as the connection is open.
  const { localPort: port = 0 } = request.socket;
  if (request.url === '/health') return text(response, 200, 'up');
  const admitted = admission(request, port, token);
  if (admitted.kind === 'refused') return text(response, admitted.status, admitted.why);
  if (admitted.kind === 'sign-in') {
    response.writeHead(303, { location: admitted.location, 'set-cookie': admitted.cookie, ...unseen }).end();
    return;
  }
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const codecCall = codecCalls[pathname];
  if (codecCall !== undefined) return codecCall(request, response, keys);
  if (pathname === '/api/v1/settings') return json(response, await webUiSettings(webUi, request));
  const recipient = recipientOf(request.method, pathname);
  if (recipient === undefined) return passOn(request, response, webUi, port);
  const sealed = sealedMessage(keys, recipient, await jsonBody(request));
  return passOn(request, response, webUi, port, Buffer.from(JSON.stringify(sealed)));
}

type CodecCall = (request: IncomingMessage, response: ServerResponse, keys: KeyRing) => Promise<void>;

const codecCall =
  (change: (keys: KeyRing, payloads: readonly JsonPayload[]) => JsonPayload[]): CodecCall =>
  async (request, response, keys) => {
    if (request.method !== 'POST') return text(response, 405, 'only POST');
    const payloads = payloadsIn(await jsonBody(request));
    if (payloads === undefined) throw new RangeError('the body is not { "payloads": […] }');
    json(response, { payloads: change(keys, payloads) });
  };

/** Temporal's protocol of remote codecs. */
const codecCalls: Record<string, CodecCall> = {
  '/codec/decode': codecCall(decoded),
  '/codec/encode': codecCall(encoded),
};

/** The Web UI's settings, with this server as its codec. */
async function webUiSettings(webUi: URL, { headers }: IncomingMessage): Promise<object> {
  const settings = (await jsonFrom(webUi, '/api/v1/settings')) as { Codec?: object };
  return {
    ...settings,
    Codec: { ...settings.Codec, Endpoint: `http://${headers.host}/codec`, PassAccessToken: false },
  };
}

async function jsonBody(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestBody) throw new RangeError(`the body is longer than ${longestBody} bytes`);
    chunks.push(chunk);
  }
  const parsed = jsonIn(Buffer.concat(chunks).toString() || '{}');
  if (typeof parsed !== 'object' || parsed === null) throw new RangeError('the body is not a JSON object');
  return parsed;
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RangeError('the body is not JSON');
  }
}

/** Responses that no other page or cache may keep. */
const unseen = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

const text = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...unseen }).end(`${message}\n`);
};

const json = (response: ServerResponse, value: object): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...unseen }).end(JSON.stringify(value));
};
