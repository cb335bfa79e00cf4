import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { holdoutError } from '../../errors.ts';
import { enterEnvironment } from '../../local/stack/parts/environment.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { openStack, type Stack } from '../../local/stack/open-stack.ts';
import { StopSignals } from '../../local/stack/stop-signals.ts';
import { unsupportedBecause } from '../../local/tools/open-engine.ts';
import { withAccess, type Access } from '../access.ts';
import { closeOnSignal, type Closing } from '../close-on-signal.ts';
import { requireCodecKeys } from './require-codec-keys.ts';
import { checkRemoteStart } from './check-remote.ts';
import { isRemote } from './enter-stack.ts';
import type { Output } from '../output.ts';
import { readyBatch } from './ready-batch.ts';

/**
 * Works on the remote stack if that is chosen, else on the embedded one. That one is started with the queues of these classes,
 * or joined if it is up. Throws PLATFORM_UNSUPPORTED.
 */
export async function inStack<Result>(
  classes: readonly InstanceClass[],
  output: Output,
  work: (access: Access) => Promise<Result>,
): Promise<Result> {
  if (isRemote()) {
    return withAccess(async (access) => {
      await checkRemoteStart(access, classes, output.say);
      await requireCodecKeys(access);
      return work(access);
    });
  }
  requireEmbedded();
  return inEmbeddedStack(classes, output, work);
}

/** Throws PLATFORM_UNSUPPORTED if the embedded stack cannot run on this machine. */
export function requireEmbedded(): void {
  const unsupported = unsupportedBecause();
  if (unsupported !== undefined) throw holdoutError('PLATFORM_UNSUPPORTED', { because: unsupported });
}

/** Works on the embedded stack; one that was started for this work is stopped at its end or at a signal. */
export async function inEmbeddedStack<Result>(
  classes: readonly InstanceClass[],
  output: Output,
  work: (access: Access, stack: Stack, closing: Closing) => Promise<Result>,
): Promise<Result> {
  const queues = classes.map(({ queue, slots }) => ({ name: queue, slots }));
  const signals = new StopSignals();
  try {
    const stack = await openStack({ home: homeFolder(), queues, report: output.say, signals });
    const closing = closeOnSignal(stack, signals, output);
    try {
      enterEnvironment(stack.environment);
      return await withAccess(async (access) => {
        await requireCodecKeys(access);
        await readyBatch(await access.openBatch(), access.settings.jobDefinition, classes);
        return work(access, stack, closing);
      });
    } finally {
      await closing.close();
    }
  } finally {
    signals.dispose();
  }
}
