import { holdoutError } from '../errors.ts';

/** Settings of the codec server. */
export interface CodecServerSettings {
  /** The codec key file. */
  keys: string;
  /** Temporal's Web UI, which is shown behind this server. */
  webUi: URL;
  port: number;
  /** What a browser or a program has to present. */
  token: string;
}

/** Reads HOLDOUT_CODEC_KEYS, HOLDOUT_WEB_UI, HOLDOUT_UI_PORT and HOLDOUT_WEB_TOKEN. Throws USAGE. */
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
    webUi: new URL(required('HOLDOUT_WEB_UI')),
    port: Number(env['HOLDOUT_UI_PORT'] ?? 8233),
    token,
  };
}
