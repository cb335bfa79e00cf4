import type { Readable } from 'node:stream';
import type { PredictionsFormat } from '../campaign/model/frozen-campaign.ts';
import { evaluateMetric, metrics, type Metric } from '../campaign/model/metrics.ts';
import { quoted } from '../safe-text.ts';
import { FaultList } from './fault-list.ts';
import { readIdValueTable } from './id-value-table.ts';

/** The true value of every input. `invalid`: the operator's; `faults` are the first twenty of `count`. */
export type LabelsResult =
  | { kind: 'valid'; values: Map<string, number>; lines: Map<string, number> }
  | { kind: 'invalid'; faults: string[]; count: number };

const maxBytes = 2 ** 30;

/**
 * Reads labels.csv: the id and value columns of the predictions, 0 or 1 where the metric needs classes. Without a metric any
 * number is taken.
 */
export async function readLabels(
  source: Readable | string,
  format: Pick<PredictionsFormat, 'id' | 'value'>,
  metric: Metric | undefined,
): Promise<LabelsResult> {
  const faults = new FaultList(20);
  const values = new Map<string, number>();
  const lines = new Map<string, number>();
  await readIdValueTable(source, { id: format.id, value: format.value, maxBytes }, faults, (id, value, line) => {
    const earlier = lines.get(id);
    if (earlier !== undefined)
      return faults.add(
        'id-again',
        line,
        () => `line ${line}: a second label for ${quoted(id)}, after line ${earlier}`,
      );
    lines.set(id, line);
    if (value === undefined) return;
    if (metric && metrics[metric].labels === 'class' && value !== 0 && value !== 1) {
      return faults.add(
        'out-of-range',
        line,
        () => `line ${line}: the label ${value} of ${quoted(id)} must be 0 or 1 for ${metric}`,
      );
    }
    values.set(id, value);
  });
  if (metric && faults.count === 0) {
    // The true values as predictions: whatever has no value now has none for any submission.
    const perfect = evaluateMetric(
      metric,
      Array.from(values.values(), (label) => ({ prediction: label, label })),
    );
    if (perfect.kind === 'undefined')
      faults.add('no-score', null, () => `${metric} is undefined for these labels: ${perfect.why}`);
  }
  if (faults.count > 0) return { kind: 'invalid', faults: faults.listed, count: faults.count };
  return { kind: 'valid', values, lines };
}
