import type { Dependencies } from './dependencies.ts';
import { notRunning, runningSubmissionIds } from './running-workflows.ts';

/** Returns those of the submissions that have no running workflow. Looks only at those missing from the list of running ones. */
export async function submissionsWithoutWorkflow(
  deps: Dependencies,
  { campaign, submissions }: { campaign: string; submissions: string[] },
): Promise<string[]> {
  const running = await runningSubmissionIds(deps, campaign);
  const missing = submissions.filter((submission) => !running.has(submission));
  return [...(await notRunning(deps, campaign, missing))];
}
