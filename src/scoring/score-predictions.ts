import type { PredictionsFormat } from '../campaign/model/frozen-campaign.ts';
import { evaluateMetric, type Metric } from '../campaign/model/metrics.ts';
import { holdoutError } from '../errors.ts';
import type { ByteSource } from './csv-lines.ts';
import { FaultList, type FaultyTable } from './fault-list.ts';
import { readLabels } from './labels.ts';
import { readPredictions } from './predictions.ts';

/** `score` is unrounded. Faults are the team's. */
type ScoredPredictions = FaultyTable | { kind: 'scored'; score: number; items: number };

/** The label of every input, and the inputs. */
export interface Truth {
  labels: ReadonlyMap<string, number>;
  inputs: ReadonlySet<string>;
}

/** Reads the bytes of labels.csv. Throws LABELS_INVALID, so that wrong labels never count as a team's fault. */
export async function truthOf(labels: Buffer, format: PredictionsFormat, metric: Metric): Promise<Truth> {
  const read = await readLabels([labels], format, metric);
  if (read.kind === 'invalid') throw holdoutError('LABELS_INVALID', { count: read.count });
  return { labels: read.values, inputs: new Set(read.values.keys()) };
}

interface Predictions {
  predictions: ByteSource;
  format: PredictionsFormat;
  metric: Metric;
}

/** {@link scoreAgainst} the bytes of labels.csv. Throws LABELS_INVALID. */
export async function scorePredictions({
  labels,
  ...options
}: Predictions & { labels: Buffer }): Promise<ScoredPredictions> {
  return scoreAgainst(await truthOf(labels, options.format, options.metric), options);
}

/** Checks and scores a predictions file. The score is identical to the last bit for every order of its rows. */
export async function scoreAgainst(
  { labels, inputs }: Truth,
  { predictions, format, metric }: Predictions,
): Promise<ScoredPredictions> {
  const read = await readPredictions({ source: predictions, inputs, format, metric });
  if (read.kind === 'invalid') return read;
  const items = Array.from(labels, ([input, label]) => ({
    prediction: read.values.get(input) ?? Number.NaN,
    label,
  }));
  const scored = evaluateMetric(metric, items);
  if (scored.kind === 'undefined') {
    const faults = new FaultList();
    faults.add('no-score', null, () => `no ${metric}: ${scored.why}`);
    return faults.table;
  }
  return { kind: 'scored', score: scored.value, items: items.length };
}
