import { Readable } from 'node:stream';
import type { PredictionsFormat } from '../campaign/model/frozen-campaign.ts';
import { evaluateMetric, type Metric } from '../campaign/model/metrics.ts';
import { holdoutError } from '../errors.ts';
import { FaultList, type FaultyTable } from './fault-list.ts';
import { readLabels } from './labels.ts';
import { readPredictions } from './predictions.ts';

/** `score` is unrounded. Faults are the team's. */
type ScoredPredictions = FaultyTable | { kind: 'scored'; score: number; items: number };

/**
 * Checks and scores a predictions file. The score is identical to the last bit for every order of its rows. Throws
 * LABELS_INVALID, so that wrong labels never count as a team's fault.
 */
export async function scorePredictions(options: {
  predictions: Readable | string;
  /** The bytes of labels.csv. */
  labels: Buffer;
  format: PredictionsFormat;
  metric: Metric;
}): Promise<ScoredPredictions> {
  const { predictions, format, metric } = options;
  const labels = await readLabels(Readable.from([options.labels]), format, metric);
  if (labels.kind === 'invalid') throw holdoutError('LABELS_INVALID', { count: labels.count });
  const inputs = new Set(labels.values.keys());
  const read = await readPredictions({ source: predictions, inputs, format, metric });
  if (read.kind === 'invalid') return read;
  const items = Array.from(labels.values, ([input, label]) => ({
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
