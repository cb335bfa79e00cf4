import { holdoutError } from '../../errors.ts';
import { enterEnvironment } from '../../local/stack/parts/environment.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { runningStack } from '../../local/stack/open-stack.ts';

/** Whether commands use the operator's own Temporal and AWS (`--stack remote`, HOLDOUT_STACK=remote). */
export const isRemote = (): boolean => process.env['HOLDOUT_STACK'] === 'remote';

/** Sets the environment of this process to the running embedded stack; leaves it alone for a remote one. Throws STACK_DOWN. */
export function enterStack(): void {
  if (isRemote()) return;
  const home = homeFolder();
  const stack = runningStack(home);
  if (!stack) throw holdoutError('STACK_DOWN', { home });
  enterEnvironment(stack.environment);
}
