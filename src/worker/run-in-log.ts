import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { WorkflowRuns } from './workflow-runs.ts';

/** Puts the number of the run that an activity works for into every line of its log, and remembers its workflow. */
export const runInLog =
  (runs: WorkflowRuns): ActivityInterceptorsFactory =>
  ({ info }) => {
    if (info.workflowExecution) runs.note(info.workflowExecution);
    let run: number | undefined;
    return {
      inbound: {
        execute(input, next) {
          const { n } = (input.args[0] ?? {}) as { n?: unknown };
          run = typeof n === 'number' ? n : undefined;
          return next(input);
        },
      },
      outbound: {
        getLogAttributes: (attributes, next) => next(run === undefined ? attributes : { ...attributes, run }),
      },
    };
  };
