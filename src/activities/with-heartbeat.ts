import { Context } from '@temporalio/activity';
import type { Dependencies } from './dependencies.ts';

type Activity<Input, Output> = (deps: Dependencies, input: Input) => Promise<Output>;

const everyMs = 2_000;

/** Makes a long activity heartbeat, so that a killed worker is noticed within seconds and not at the timeout. */
export const withHeartbeat =
  <Input, Output>(activity: Activity<Input, Output>): Activity<Input, Output> =>
  (deps, input) =>
    heartbeatWhile(everyMs, () => activity(deps, input));

/** Heartbeats until `work` has ended; `beat` replaces a heartbeat without details. */
export async function heartbeatWhile<Output>(
  everyMs: number,
  work: () => Promise<Output>,
  beat?: () => void,
): Promise<Output> {
  const context = Context.current();
  const timer = setInterval(beat ?? (() => context.heartbeat()), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
