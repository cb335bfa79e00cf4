import { createHash } from 'node:crypto';
import { trouble } from '../errors.ts';
import { runKeyOf, resultObjects, runObjects } from '../ids.ts';
import type { ScoreFile } from '../ledger/score-file.ts';
import { scorePredictions } from '../scoring/score-predictions.ts';
import type { Dependencies } from './dependencies.ts';

/** Where the score or the faults of a predictions file lie. The score itself never passes through Temporal. */
export type ScoredOutput =
  { kind: 'scored'; key: string; digest: string } | { kind: 'invalid'; key: string; digest: string; faults: number };

/** Scores a run's predictions against the labels; runs only where the labels may be read. */
export async function scoreOutput(
  deps: Dependencies,
  input: { campaign: string; submission: string; n: number; sequence: number },
): Promise<ScoredOutput> {
  const { metric, predictions: format, labels } = await deps.frozen.campaign(input.campaign);
  const runKey = runKeyOf(input.campaign, input.submission, input.n);
  const labelFile = await deps.store.read(labels.bucket, labels.key);
  if (createHash('sha256').update(labelFile).digest('hex') !== labels.digest) {
    throw trouble('OBJECT_CHANGED', { bucket: labels.bucket, key: labels.key });
  }
  const result = await scorePredictions({
    predictions: await deps.store.stream(deps.buckets.runs, runObjects.predictions(runKey)),
    labels: labelFile,
    format,
    metric,
  });
  const file: ScoreFile = { version: 1, runKey, metric, result };
  const body = `${JSON.stringify(file, null, 2)}\n`;
  const key = resultObjects.score(input.campaign, input.submission, input.n, input.sequence);
  await deps.store.writeOnce(deps.buckets.results, key, body);
  const where = { key, digest: createHash('sha256').update(body).digest('hex') };
  return result.kind === 'scored' ? { kind: 'scored', ...where } : { kind: 'invalid', ...where, faults: result.count };
}
