import { KeyRing } from '../codec/key-ring.ts';
import { HoldoutError, messageOf } from '../errors.ts';
import { openCodecServer } from './server.ts';
import { codecServerSettings } from './settings.ts';

/** The codec server: Temporal's Web UI with open payloads. Runs until SIGTERM. */
function run(): void {
  const settings = codecServerSettings(process.env);
  const server = openCodecServer(new KeyRing(settings.keys), settings);
  server.on('error', fail);
  server.listen(settings.port, '127.0.0.1');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
}

function fail(error: unknown): void {
  const next = error instanceof HoldoutError ? `\n  → ${error.next}` : '';
  process.stderr.write(`holdout: ${messageOf(error)}${next}\n`);
  process.exit(error instanceof HoldoutError && error.source === 'user' ? 2 : 1);
}

try {
  run();
} catch (error) {
  fail(error);
}
