import type { SubmissionReport } from '../campaign/model/messages.ts';
import { inParallel } from '../in-parallel.ts';
import type { Dependencies } from './dependencies.ts';
import { recordTerminatedSubmission, type OpenCase } from './record-terminated-submission.ts';
import { isRunning } from './running-workflows.ts';

const submissionsAtOnce = 16;

/**
 * Finds open submissions whose workflow has ended without a report to the campaign, and returns their reports, see
 * {@link recordTerminatedSubmission}.
 */
export async function makeUpLostReports(
  deps: Dependencies,
  { campaign, open }: { campaign: string; open: OpenCase[] },
): Promise<SubmissionReport[]> {
  const reports: SubmissionReport[] = [];
  await inParallel(submissionsAtOnce, open, async (one) => {
    if (await isRunning(deps, campaign, one.submission)) return;
    reports.push(await recordTerminatedSubmission(deps, campaign, one));
  });
  return reports;
}
