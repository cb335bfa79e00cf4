import type { SubmissionReport, Grant } from '../campaign/model/messages.ts';
import { inParallel } from '../in-parallel.ts';
import { chainOf, recordsBefore } from '../ledger/ledger.ts';
import type { Dependencies } from './dependencies.ts';
import { lostRuns } from './lost-runs.ts';
import { highestOf } from './open-submission.ts';
import { keepResult, reportOf } from './record-result.ts';
import { isRunning } from './running-workflows.ts';

const submissionsAtOnce = 16;

/** An open submission, as its campaign knows it. */
export interface OpenCase {
  submission: string;
  sequence: number;
  held: Grant | null;
}

/**
 * Finds open submissions whose workflow has ended without a report to the campaign, and returns their reports. A round that
 * has no record (its workflow was terminated) is recorded as a platform error, with all its runs.
 */
export async function reconcile(
  deps: Dependencies,
  { campaign, open }: { campaign: string; open: OpenCase[] },
): Promise<SubmissionReport[]> {
  const reports: SubmissionReport[] = [];
  await inParallel(submissionsAtOnce, open, async (one) => {
    if (await isRunning(deps, campaign, one.submission)) return;
    reports.push(await reportOn(deps, campaign, one));
  });
  return reports;
}

async function reportOn(
  deps: Dependencies,
  campaign: string,
  { submission, sequence, held }: OpenCase,
): Promise<SubmissionReport> {
  const chain = await chainOf(deps.results, campaign, submission);
  const known = chain[sequence - 1];
  if (known) return reportOf(known.record, recordsBefore(chain, sequence));
  const runsBefore = highestOf(chain.flatMap(({ record }) => record.runs));
  const { team } = await deps.frozen.submission(campaign, submission);
  const { record, before } = await keepResult(deps, {
    campaign,
    submission,
    team,
    sequence,
    state: 'failed',
    reason: 'platform-error',
    detail: 'Its workflow ended without a record.',
    runs: await lostRuns(deps, { campaign, submission, held, runsBefore }),
    score: null,
    image: null,
  });
  return reportOf(record, before);
}
