import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `holds` returns true; an error that it throws counts as "not yet". Fails naming `what` after the deadline,
 * which is far beyond what a busy machine needs.
 */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  { withinMs = 30_000, everyMs = 50 } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
    await sleep(everyMs);
  }
}
