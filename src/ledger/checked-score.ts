import { runKeyOf } from '../ids.ts';
import { resultObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { scoredRun } from './chain-rules.ts';
import { readPinned, recordChanged } from './read-pinned.ts';
import type { LedgerRecord } from './record.ts';
import type { ScoreFile } from './score-file.ts';

/**
 * The score of one of a submission's records, oldest first; undefined if it has none. Throws RECORD_CHANGED if it is not the
 * score of the predictions of a run of this submission.
 */
export async function readScore(
  results: Bucket,
  records: readonly LedgerRecord[],
  record: LedgerRecord,
): Promise<ScoreFile | undefined> {
  const { campaign, submission, sequence, score } = record;
  if (score === null) return undefined;
  const recordKey = resultObjects.ledger(campaign, submission, sequence);
  const n = scoredRun(records, record);
  if (n === undefined) {
    throw recordChanged(
      results.bucket,
      recordKey,
      '`score.key` is not that of a successful evaluation of the submission',
    );
  }
  const file = await readPinned<ScoreFile>(results, score.key, score.digest, recordKey);
  const fault = misplacedScore(file, runKeyOf(campaign, submission, n), collectedFrom(records, n));
  if (fault !== undefined) throw recordChanged(results.bucket, score.key, fault);
  return file;
}

/** Why a score file does not belong to a run; undefined if it does. `predictions`: their sha256 (hex), if it is known. */
export function misplacedScore(file: ScoreFile, runKey: string, predictions: string | undefined): string | undefined {
  if (file.runKey !== runKey) return `\`runKey\` is not ${runKey}`;
  if (file.predictions === undefined || predictions === undefined || file.predictions === predictions) return undefined;
  return '`predictions` is not the sha256 that the ledger names';
}

/** The sha256 (hex) of the predictions of run `n`, from the evidence of the record with that run. */
export const collectedFrom = (records: readonly LedgerRecord[], n: number): string | undefined =>
  records.find(({ runs }) => runs.some((run) => run.n === n))?.evidence?.runs[n]?.predictions;
