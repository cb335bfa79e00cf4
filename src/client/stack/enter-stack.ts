import { holdoutError } from '../../errors.ts';
import { enterEnvironment } from '../../local/stack/parts/environment.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { runningStack } from '../../local/stack/open-stack.ts';

/** Whether commands mean somebody's own Temporal and AWS (`--stack remote`, HOLDOUT_STACK=remote). */
export const isRemote = (): boolean => process.env['HOLDOUT_STACK'] === 'remote';

/** Makes this process talk to the embedded stack that is up, or leaves the environment alone for the remote one. */
export function enterStack(): void {
  if (isRemote()) return;
  const home = homeFolder();
  const stack = runningStack(home);
  if (!stack) throw holdoutError('STACK_DOWN', { home });
  enterEnvironment(stack.environment);
}
