import type { ReportLine } from '../report-line.ts';
import { homeFolder } from '../stack/home/home.ts';
import { openStack } from '../stack/open-stack.ts';

/**
 * Starts the stack and keeps it up until Ctrl-C or SIGTERM. If it is already up, returns at once, unless `stay` is set: then
 * the stack stays up even when no other process needs it any more. Returns the exit status.
 */
export async function localUp(say: ReportLine, { stay = false }: { stay?: boolean } = {}): Promise<number> {
  const stack = await openStack({ home: homeFolder(), queues: [], report: say, stays: true });
  const { uiLink, s3, batch, temporal } = stack.endpoints;
  say(`Web UI ${uiLink}, Temporal ${temporal}, S3 ${s3}, Batch ${batch}; keys: npm run holdout -- local status --json`);
  if (stack.attached && !stay) {
    await stack.close();
    return 0;
  }
  say('Ctrl-C stops the stack; all data stays on disk.');
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  say('stopping the stack');
  await stack.close();
  return 0;
}
