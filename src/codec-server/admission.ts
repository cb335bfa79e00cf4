import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request may pass: `sign-in` presents the token in its address, which moves to a cookie. */
export type Admission =
  | { kind: 'admitted' }
  | { kind: 'sign-in'; cookie: string; location: string }
  | { kind: 'refused'; status: 401 | 403; why: string };

/** Cookies do not tell ports apart, so that the name does. */
export const cookieName = (port: number): string => `holdout-web-${port}`;

/**
 * Checks Host (another one means that a foreign name was pointed at this machine), Origin (another one means that a foreign page
 * sent the request) and the token, which is in a cookie of this server, in `Authorization: Bearer`, or once in the address.
 */
export function admission({ method, url = '/', headers }: IncomingMessage, port: number, token: string): Admission {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin, authorization = '', cookie = '' } = headers;
  if (!hosts.includes(host)) return { kind: 'refused', status: 403, why: 'unknown host' };
  if (origin !== undefined && origin !== `http://${host}`)
    return { kind: 'refused', status: 403, why: 'unknown origin' };
  const given = [/^Bearer (.+)$/.exec(authorization)?.[1], cookieIn(cookie, cookieName(port))];
  if (given.some((one) => one !== undefined && isEqual(one, token))) return { kind: 'admitted' };
  const address = new URL(url, `http://${host}`);
  const inAddress = address.searchParams.get('token');
  if (method === 'GET' && inAddress !== null && isEqual(inAddress, token)) {
    address.searchParams.delete('token');
    const attributes = 'Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000';
    const location = `${address.pathname}${address.search}`.replace(/^\/\/+/, '/');
    return { kind: 'sign-in', cookie: `${cookieName(port)}=${token}; ${attributes}`, location };
  }
  const why =
    'Open the link to the Web UI that Holdout printed. On the embedded stack, npm run holdout -- local status prints it again.';
  return { kind: 'refused', status: 401, why };
}

export const cookieIn = (header: string, name: string): string | undefined =>
  header
    .split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** Takes the same time for every wrong token. */
const isEqual = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
