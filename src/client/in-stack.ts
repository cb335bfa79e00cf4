import type { InstanceClass } from '../campaign/frozen-campaign.ts';
import { trouble } from '../errors.ts';
import { enterEnvironment } from '../local/stack/environment.ts';
import { homeFolder } from '../local/stack/home.ts';
import { openStack } from '../local/stack/open-stack.ts';
import { unsupportedBecause } from '../local/tools/open-engine.ts';
import { openAccess, type Access } from './access.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { isRemote } from './enter-stack.ts';
import type { Output } from './output.ts';
import { readyBatch } from './ready-batch.ts';

/**
 * Does some work on the stack that commands mean: one's own, or the embedded one, which is brought up for it with the queues
 * of these classes, or joined where it is up already. Throws PLATFORM_UNSUPPORTED.
 */
export async function inStack<Result>(
  classes: readonly InstanceClass[],
  output: Output,
  work: (access: Access) => Promise<Result>,
): Promise<Result> {
  if (isRemote()) return withAccess(work);
  const unsupported = unsupportedBecause();
  if (unsupported !== undefined) throw trouble('PLATFORM_UNSUPPORTED', { because: unsupported });
  const queues = classes.map(({ queue, slots }) => ({ name: queue, slots }));
  const stack = await openStack({ home: homeFolder(), queues, report: output.say });
  const closing = closeOnSignal(stack, output);
  try {
    enterEnvironment(stack.environment);
    return await withAccess(async (access) => {
      await readyBatch(access.batch, access.settings.jobDefinition, classes);
      return work(access);
    });
  } finally {
    await closing.close();
  }
}

async function withAccess<Result>(work: (access: Access) => Promise<Result>): Promise<Result> {
  const access = await openAccess();
  try {
    return await work(access);
  } finally {
    await access.close();
  }
}
