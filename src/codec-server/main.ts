import { randomBytes } from 'node:crypto';
import { KeyRing } from '../codec/key-ring.ts';
import { HoldoutError, holdoutError, messageOf } from '../errors.ts';
import { keyCommand } from './key-commands.ts';
import { listen } from './listen.ts';
import { openCodecServer } from './server.ts';
import { codecServerSettings } from './codec-server-settings.ts';

/** The codec server, or a change of a key file. */
async function run([command = 'serve', file, id]: readonly string[]): Promise<void> {
  if (command === 'serve') await serve();
  else if (['new-key', 'add-key', 'use-key'].includes(command))
    process.stdout.write(`${keyCommand(command, file, id)}\n`);
  else throw holdoutError('USAGE', { message: `There is no codec command ${command}.` });
}

/** Serves Temporal's Web UI with open payloads until SIGTERM. Without a token it makes one and prints the link. */
async function serve(): Promise<void> {
  const given = process.env['HOLDOUT_WEB_TOKEN'];
  const token = given ?? randomBytes(32).toString('base64url');
  const settings = codecServerSettings({ ...process.env, HOLDOUT_WEB_TOKEN: token });
  const server = openCodecServer(new KeyRing(settings.keys), settings);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  const port = await listen(server, settings.port, settings.address);
  server.on('error', fail);
  if (given === undefined) process.stdout.write(`Web UI: http://127.0.0.1:${port}/?token=${token}\n`);
}

function fail(error: unknown): void {
  const next = error instanceof HoldoutError ? `\n  → ${error.next}` : '';
  process.stderr.write(`holdout: ${messageOf(error)}${next}\n`);
  process.exit(error instanceof HoldoutError && error.source === 'user' ? 2 : 1);
}

await run(process.argv.slice(2)).catch(fail);
