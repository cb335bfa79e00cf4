import { canaryWorkflowId } from '../../ids.ts';
import type { WorkflowDependencies } from '../dependencies.ts';
import { runningExecution } from '../running-workflows.ts';

/** `since`: the start of its workflow, in ms. */
export interface RunningCanary {
  class: string;
  n: number;
  since: number;
}

/** The running canaries of a campaign, by Temporal's list, which may lag by some seconds in either direction. */
export async function runningCanaries({ workflows }: WorkflowDependencies, campaign: string): Promise<RunningCanary[]> {
  const query = `HoldoutCampaign = '${campaign}' AND WorkflowType = 'canary' AND ExecutionStatus = 'Running'`;
  const prefix = canaryWorkflowId(campaign, '', 0).slice(0, -':0'.length);
  const running: RunningCanary[] = [];
  for await (const { workflowId, startTime } of workflows.list({ query })) {
    const [name = '', n] = workflowId.slice(prefix.length).split(':');
    running.push({ class: name, n: Number(n), since: startTime.getTime() });
  }
  return running;
}

/** Those of these canaries that run. Looks at each one: for those that Temporal's list does not show. */
export async function canariesAmong(
  deps: WorkflowDependencies,
  campaign: string,
  canaries: readonly Pick<RunningCanary, 'class' | 'n'>[],
): Promise<RunningCanary[]> {
  const running: RunningCanary[] = [];
  for (const one of canaries) {
    const execution = await runningExecution(deps, canaryWorkflowId(campaign, one.class, one.n));
    if (execution) running.push({ ...one, since: execution.startTime.getTime() });
  }
  return running;
}
