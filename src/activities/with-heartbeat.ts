import { Context } from '@temporalio/activity';
import type { Dependencies } from './dependencies.ts';

type Activity<Input, Output> = (deps: Dependencies, input: Input) => Promise<Output>;

const everyMs = 2_000;

/** Lets a long activity heartbeat, so that a killed worker is noticed in seconds and not at the time-out. */
export const withHeartbeat =
  <Input, Output>(activity: Activity<Input, Output>): Activity<Input, Output> =>
  async (deps, input) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), everyMs);
    try {
      return await activity(deps, input);
    } finally {
      clearInterval(beat);
    }
  };
