import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { submissionWorkflowId } from '../ids.ts';
import { inParallel } from '../in-parallel.ts';
import type { Dependencies } from './dependencies.ts';

const callsAtOnce = 16;

/** A round whose workflow is under way. */
export interface RunningRound {
  submission: string;
  sequence: number;
}

/** Whether a submission's workflow is under way. */
export async function isRunning(
  { workflows }: Pick<Dependencies, 'workflows'>,
  campaign: string,
  submission: string,
): Promise<boolean> {
  try {
    const { status } = await workflows.getHandle(submissionWorkflowId(campaign, submission)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Those of some submissions whose workflow is not under way, each looked at: no list that may lag is asked. */
export async function notRunning(
  deps: Pick<Dependencies, 'workflows'>,
  campaign: string,
  submissions: Iterable<string>,
): Promise<Set<string>> {
  const ended = new Set<string>();
  await inParallel(callsAtOnce, [...submissions], async (submission) => {
    if (!(await isRunning(deps, campaign, submission))) ended.add(submission);
  });
  return ended;
}

/** What runs, by Temporal's list, which may be some seconds behind: both ways. */
export async function runningRounds(deps: Pick<Dependencies, 'workflows'>, campaign: string): Promise<RunningRound[]> {
  const query = `HoldoutCampaign = '${campaign}' AND WorkflowType = 'submission' AND ExecutionStatus = 'Running'`;
  const executions: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of deps.workflows.list({ query })) executions.push({ workflowId, runId });
  const rounds: RunningRound[] = [];
  await inParallel(callsAtOnce, executions, async (execution) => rounds.push(await roundOf(deps, execution)));
  return rounds;
}

/** The round is in what the workflow was started with. */
async function roundOf(
  { workflows }: Pick<Dependencies, 'workflows'>,
  execution: { workflowId: string; runId: string },
): Promise<RunningRound> {
  const { history } = await workflows.workflowService.getWorkflowExecutionHistory({
    namespace: workflows.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const [input] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (!input) throw new RangeError(`${execution.workflowId} was started without an input`);
  const { submission, sequence } = defaultPayloadConverter.fromPayload<RunningRound>(input);
  return { submission, sequence };
}
