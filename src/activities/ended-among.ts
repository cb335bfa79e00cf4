import { isRunning } from './reconcile.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Which of these open submissions have no running workflow. The list of running ones is asked first, which may lag a
 * little; only those it does not show are looked at one by one.
 */
export async function endedAmong(
  deps: Dependencies,
  { campaign, submissions }: { campaign: string; submissions: string[] },
): Promise<string[]> {
  const query = `HoldoutCampaign = "${campaign}" AND WorkflowType = "submission" AND ExecutionStatus = "Running"`;
  const running = new Set<string>();
  for await (const { workflowId } of deps.workflows.list({ query })) running.add(workflowId.split(':').at(-1) ?? '');
  const ended: string[] = [];
  for (const submission of submissions) {
    if (!running.has(submission) && !(await isRunning(deps, campaign, submission))) ended.push(submission);
  }
  return ended;
}
