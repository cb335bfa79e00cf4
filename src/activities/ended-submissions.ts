import type { Dependencies } from './dependencies.ts';
import { notRunning, runningSubmissions } from './submission-workflows.ts';

/** Which of these submissions have no running workflow. Those that the list of running ones shows are not looked at. */
export async function endedSubmissions(
  deps: Dependencies,
  { campaign, submissions }: { campaign: string; submissions: string[] },
): Promise<string[]> {
  const running = await runningSubmissions(deps, campaign);
  const missing = submissions.filter((submission) => !running.has(submission));
  return [...(await notRunning(deps, campaign, missing))];
}
