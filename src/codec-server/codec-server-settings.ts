import { isIP } from 'node:net';
import { holdoutError } from '../errors.ts';

/** Settings of the codec server. */
export interface CodecServerSettings {
  /** The codec key file. */
  keys: string;
  /** Temporal's Web UI, which is shown behind this server. */
  webUi: URL;
  /** 0: a free one. */
  port: number;
  /** The IP address to listen on: another one than loopback only in a container whose port is published on loopback alone. */
  address: string;
  /** What a browser or a program has to present. */
  token: string;
}

/** Reads HOLDOUT_CODEC_KEYS, HOLDOUT_WEB_UI, HOLDOUT_UI_PORT, HOLDOUT_UI_ADDRESS and HOLDOUT_WEB_TOKEN. Throws USAGE. */
export function codecServerSettings(env: NodeJS.ProcessEnv): CodecServerSettings {
  const required = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw holdoutError('USAGE', { message: `The codec server needs ${name}, see docs/codec.md.` });
  };
  const token = required('HOLDOUT_WEB_TOKEN');
  if (token.length < 32) throw holdoutError('USAGE', { message: 'HOLDOUT_WEB_TOKEN has fewer than 32 characters.' });
  return {
    keys: required('HOLDOUT_CODEC_KEYS'),
    webUi: addressIn(required('HOLDOUT_WEB_UI')),
    port: portIn(env['HOLDOUT_UI_PORT'] || '8233'),
    address: ipIn(env['HOLDOUT_UI_ADDRESS'] || '127.0.0.1'),
    token,
  };
}

function addressIn(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url;
  const message = `HOLDOUT_WEB_UI=${JSON.stringify(value)} is not an address such as https://temporal-ui.example.org.`;
  throw holdoutError('USAGE', { message });
}

function ipIn(value: string): string {
  if (isIP(value) !== 0) return value;
  throw holdoutError('USAGE', { message: `HOLDOUT_UI_ADDRESS=${JSON.stringify(value)} is not an IP address.` });
}

function portIn(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw holdoutError('USAGE', { message: `HOLDOUT_UI_PORT=${JSON.stringify(value)} is not a port from 0 to 65535.` });
}
