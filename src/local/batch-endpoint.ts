/** Entry point of the local Batch endpoint: `batch-endpoint.ts START-UP-FILE`. Logs JSON lines to stdout. */
import { pino } from 'pino';
import { HoldoutError, messageOf } from '../errors.ts';
import { startBatchEndpoint } from './batch-endpoint/endpoint.ts';
import { loadStartUp } from './batch-endpoint/start-up-file.ts';

async function main(): Promise<void> {
  const log = pino({ name: 'batch-endpoint' });
  const endpoint = await startBatchEndpoint(loadStartUp(process.argv[2] ?? ''), log);
  log.info({ url: endpoint.url, port: Number(new URL(endpoint.url).port), pid: process.pid }, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'closing; jobs continue');
      void endpoint.close().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  const next = error instanceof HoldoutError ? `\n${error.next}` : '';
  process.stderr.write(`${messageOf(error)}${next}\n`);
  process.exit(error instanceof HoldoutError && error.source === 'user' ? 2 : 1);
});
