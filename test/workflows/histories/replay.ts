import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { readHistory } from './history-file.ts';

/** Replays a history on file. If it does not fit the code, says what to do. */
export async function replay(workflowBundle: WorkflowBundleOption, name: string, workflowId: string): Promise<void> {
  try {
    await Worker.runReplayHistory({ workflowBundle }, readHistory(name), workflowId);
  } catch (error) {
    if (!(error instanceof DeterminismViolationError)) throw error;
    throw new Error(adviceOn(name, error.message), { cause: error });
  }
}

const adviceOn = (name: string, message: string): string =>
  `This code does not fit the recorded history ${name}: ${message}
A campaign that runs now has such a history. With this code its workflows would end and open again from S3.
Do one of these, see docs/operations/upgrades.md#a-change-of-workflow-code:
- Put what is new behind patched('a-name-for-it') in src/workflows, and keep the old order of commands without it.
- If you did not mean to change the order of activities, timers, signals and child workflows, change it back.
Never record the history again to make this test pass: that hides the change from the campaigns that run.`;
