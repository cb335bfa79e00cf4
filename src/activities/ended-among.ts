import type { Dependencies } from './dependencies.ts';
import { notRunning } from './submission-workflows.ts';

/** Which of these submissions have no running workflow. */
export const endedAmong = async (
  deps: Dependencies,
  { campaign, submissions }: { campaign: string; submissions: string[] },
): Promise<string[]> => [...(await notRunning(deps, campaign, submissions))];
