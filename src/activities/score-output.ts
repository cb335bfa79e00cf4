import type { Pseudonym } from '../campaign/model/frozen-campaign.ts';
import type { FaultSummary } from '../campaign/model/prediction-faults.ts';
import { holdoutError } from '../errors.ts';
import { runKeyOf } from '../ids.ts';
import type { ScoreFile } from '../ledger/score-file.ts';
import { scorePredictions } from '../scoring/score-predictions.ts';
import type { Dependencies } from './dependencies.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';
import { hashedPredictions } from '../ledger/hashed-predictions.ts';

/**
 * Where the score or the faults of a predictions file are stored. Neither the score nor any text of the file goes through
 * Temporal: of a fault only its kind and its lines.
 */
type ScoredOutput =
  | { kind: 'scored'; key: string; digest: string }
  | { kind: 'invalid'; key: string; digest: string; faults: number; summary: FaultSummary };

/**
 * Scores a run's predictions against the labels. Throws RECORD_CHANGED if they are not those that the outcome names.
 * Registered only where the labels may be read.
 */
export async function scoreOutput(
  deps: Dependencies,
  input: { campaign: string; submission: string; n: number; sequence: number; shownAs?: Pseudonym },
): Promise<ScoredOutput> {
  const frozen = await deps.frozen.campaign(input.campaign);
  const { metric, predictions: format, labels, seal } = frozen;
  const runKey = runKeyOf(input.campaign, input.submission, input.n);
  const labelFile = await deps.store.read(labels.bucket, labels.key);
  if (sha256(labelFile) !== labels.digest) {
    throw holdoutError('OBJECT_CHANGED', { bucket: labels.bucket, key: labels.key });
  }
  const identity = await deps.sealKeys.identityOf(frozen);
  const predictions = await hashedPredictions(deps.runs, runKey, identity);
  const scored = await scorePredictions({ predictions: predictions.stream, labels: labelFile, format, metric });
  const result = seal === undefined ? scored : withoutQuotes(scored);
  const file: ScoreFile = { version: 1, runKey, metric, predictions: await predictions.checked(), result };
  const body = `${JSON.stringify(file, null, 2)}\n`;
  const key = resultObjects.score(input.campaign, input.submission, input.n, input.sequence);
  await deps.store.writeOnce(deps.buckets.results, key, body);
  const location = { key, digest: sha256(body) };
  if (scored.kind === 'scored') return { kind: 'scored', ...location };
  return { kind: 'invalid', ...location, faults: scored.count, summary: scored.summary };
}

/** Faults quote the predictions, which are sealed. */
const withoutQuotes = (result: ScoreFile['result']): ScoreFile['result'] =>
  result.kind === 'invalid' ? { ...result, faults: [] } : result;
