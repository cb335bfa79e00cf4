import { WorkflowNotFoundError } from '@temporalio/client';
import { submissionWorkflowId } from '../ids.ts';
import { inParallel } from '../in-parallel.ts';
import type { WorkflowDependencies } from './dependencies.ts';
import { openHistoryPayload } from '../codec/history-payload.ts';

const callsAtOnce = 16;

export interface RunningRound {
  submission: string;
  sequence: number;
}

export async function isRunning(
  { workflows }: WorkflowDependencies,
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

/** Returns the submissions without a running workflow. Looks at each one, because Temporal's list may lag. */
export async function notRunning(
  deps: WorkflowDependencies,
  campaign: string,
  submissions: Iterable<string>,
): Promise<Set<string>> {
  const ended = new Set<string>();
  await inParallel(callsAtOnce, [...submissions], async (submission) => {
    if (!(await isRunning(deps, campaign, submission))) ended.add(submission);
  });
  return ended;
}

/** The running rounds, by Temporal's list, which may lag by some seconds in either direction. */
export async function runningRounds(deps: WorkflowDependencies, campaign: string): Promise<RunningRound[]> {
  const executions = await listed(deps, campaign);
  const rounds: RunningRound[] = [];
  await inParallel(callsAtOnce, executions, async (execution) => {
    const round = await roundOf(deps, execution);
    if (round) rounds.push(round);
  });
  return rounds;
}

/** Ids of the running submissions, by the same list. */
export async function runningSubmissionIds(deps: WorkflowDependencies, campaign: string): Promise<Set<string>> {
  const prefix = submissionWorkflowId(campaign, '');
  return new Set((await listed(deps, campaign)).map(({ workflowId }) => workflowId.slice(prefix.length)));
}

interface Execution {
  workflowId: string;
  runId: string;
}

async function listed({ workflows }: WorkflowDependencies, campaign: string): Promise<Execution[]> {
  const query = `HoldoutCampaign = '${campaign}' AND WorkflowType = 'submission' AND ExecutionStatus = 'Running'`;
  const executions: Execution[] = [];
  for await (const { workflowId, runId } of workflows.list({ query })) executions.push({ workflowId, runId });
  return executions;
}

/** Reads the round from the workflow's input; undefined if a stranger started it. */
async function roundOf({ workflows }: WorkflowDependencies, execution: Execution): Promise<RunningRound | undefined> {
  const { history } = await workflows.workflowService.getWorkflowExecutionHistory({
    namespace: workflows.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const [input] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (!input) return undefined;
  const opened = await openHistoryPayload<RunningRound>(workflows, input, execution);
  return opened && { submission: opened.submission, sequence: opened.sequence };
}
