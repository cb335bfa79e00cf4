import type { SubmissionReport, Grant } from '../campaign/model/messages.ts';
import { chainOf, recordsBefore } from '../ledger/ledger.ts';
import type { Dependencies } from './dependencies.ts';
import { lostRuns } from './lost-runs.ts';
import { highestOf } from './open-submission.ts';
import { keepResult, reportOf } from './record-result.ts';

/** An open submission, as its campaign knows it. */
export interface OpenCase {
  submission: string;
  sequence: number;
  held: Grant | null;
}

/**
 * The report of a submission whose workflow has ended without one. A round that has no record (its workflow was terminated) is
 * recorded as a platform error, with all its runs.
 */
export async function recordTerminatedSubmission(
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
