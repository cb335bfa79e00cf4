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

export const isRunning = async (deps: WorkflowDependencies, campaign: string, submission: string): Promise<boolean> =>
  (await runningExecution(deps, submissionWorkflowId(campaign, submission))) !== undefined;

/** The running execution of a workflow, as the server knows it at this moment; undefined if there is none. */
export async function runningExecution(
  { workflows }: WorkflowDependencies,
  workflowId: string,
): Promise<(Execution & { startTime: Date }) | undefined> {
  try {
    const { status, runId, startTime } = await workflows.getHandle(workflowId).describe();
    return status.name === 'RUNNING' ? { workflowId, runId, startTime } : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
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

/** Cancels the workflows of these submissions; one that has ended meanwhile needs nothing. */
export const cancelAmong = (
  { workflows }: WorkflowDependencies,
  campaign: string,
  submissions: Iterable<string>,
): Promise<unknown> =>
  inParallel(callsAtOnce, [...submissions], async (submission) => {
    try {
      await workflows.getHandle(submissionWorkflowId(campaign, submission)).cancel();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });

/** The running rounds, by Temporal's list, which may lag by some seconds in either direction. */
export const runningRounds = async (deps: WorkflowDependencies, campaign: string): Promise<RunningRound[]> =>
  roundsOf(deps, await listed(deps, campaign));

/** The running rounds of these submissions. Looks at each one: for those that Temporal's list does not show. */
export async function runningAmong(
  deps: WorkflowDependencies,
  campaign: string,
  submissions: Iterable<string>,
): Promise<RunningRound[]> {
  const executions: Execution[] = [];
  await inParallel(callsAtOnce, [...submissions], async (submission) => {
    const execution = await runningExecution(deps, submissionWorkflowId(campaign, submission));
    if (execution) executions.push(execution);
  });
  return roundsOf(deps, executions);
}

async function roundsOf(deps: WorkflowDependencies, executions: readonly Execution[]): Promise<RunningRound[]> {
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
