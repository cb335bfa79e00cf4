import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as secureRequest } from 'node:https';
import { json } from 'node:stream/consumers';
import { cookieName } from './admission.ts';

/** Headers that belong to one connection, not to the request (RFC 9110, 7.6.1). */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Passes a request on to the Web UI, with this body in the place of its own if one is given. */
export function passOn(from: IncomingMessage, to: ServerResponse, webUi: URL, port: number, body?: Buffer): void {
  const target = new URL(from.url ?? '/', webUi);
  const headers = headersFor(from, webUi, port, body);
  const sent = sendTo(webUi)({ ...addressOf(target, webUi), method: from.method, headers }, (response) => {
    const kept = Object.entries(response.headers).filter(([name]) => !ofConnection.has(name));
    to.writeHead(response.statusCode ?? 502, Object.fromEntries(kept));
    response.pipe(to);
    response.on('error', () => to.destroy());
  });
  sent.on('error', () => {
    if (to.headersSent) to.destroy();
    else to.writeHead(502, { 'content-type': 'text/plain' }).end('Temporal’s Web UI does not respond.\n');
  });
  to.on('close', () => sent.destroy());
  if (body) sent.end(body);
  else from.pipe(sent);
}

/** The Web UI's response to a GET, as JSON. Not by fetch, which refuses the ports that browsers refuse. */
export async function jsonFrom(webUi: URL, path: string): Promise<unknown> {
  const sent = sendTo(webUi)(addressOf(new URL(path, webUi), webUi)).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return json(response);
}

const sendTo = ({ protocol }: URL): typeof request => (protocol === 'https:' ? secureRequest : request);

/** The path comes from the request, the server never does. */
const addressOf = ({ pathname, search }: URL, { hostname, port, protocol }: URL) => ({
  hostname,
  port: port || (protocol === 'https:' ? 443 : 80),
  path: `${pathname}${search}`,
});

function headersFor({ headers }: IncomingMessage, webUi: URL, port: number, body: Buffer | undefined) {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)));
  const { authorization: _token, cookie = '', origin, referer: _referer, ...rest } = kept;
  const others = String(cookie)
    .split(/;\s*/)
    .filter((pair) => pair !== '' && !pair.startsWith(`${cookieName(port)}=`));
  return {
    ...rest,
    host: webUi.host,
    ...(origin !== undefined && { origin: webUi.origin }),
    ...(others.length > 0 && { cookie: others.join('; ') }),
    ...(body && { 'content-length': String(body.length) }),
  };
}
