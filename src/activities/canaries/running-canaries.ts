import { canaryWorkflowId } from '../../ids.ts';
import type { WorkflowDependencies } from '../dependencies.ts';

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
