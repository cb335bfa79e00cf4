import type { PredictionsFormat } from '../campaign/model/frozen-campaign.ts';
import { evaluateMetric, metrics, type Metric } from '../campaign/model/metrics.ts';
import { quoted } from '../safe-text.ts';
import type { ByteSource } from './csv-lines.ts';
import { FaultList, type FaultyTable } from './fault-list.ts';
import { readIdValueTable } from './id-value-table.ts';

/** The true value of every input. Faults are the operator's. */
type LabelsResult = FaultyTable | { kind: 'valid'; values: Map<string, number>; lines: Map<string, number> };

const maxBytes = 2 ** 30;

/** Reads labels.csv, which has the columns of the predictions. Labels are 0 or 1 if the metric needs classes. */
export async function readLabels(
  source: ByteSource,
  format: Pick<PredictionsFormat, 'id' | 'value'>,
  metric: Metric | undefined,
): Promise<LabelsResult> {
  const faults = new FaultList();
  const needsClasses = metric !== undefined && metrics[metric].labels === 'class';
  const { values, lines } = await readIdValueTable(source, { ...format, maxBytes }, faults, {
    noun: 'label',
    faultInValue: (id, value) =>
      needsClasses && value !== 0 && value !== 1
        ? { fault: 'out-of-range', text: () => `the label ${value} of ${quoted(id)} must be 0 or 1 for ${metric}` }
        : undefined,
  });
  if (metric && faults.count === 0) {
    // If perfect predictions have no score, no submission can have one.
    const perfect = evaluateMetric(
      metric,
      Array.from(values.values(), (label) => ({ prediction: label, label })),
    );
    if (perfect.kind === 'undefined')
      faults.add('no-score', null, () => `${metric} is undefined for these labels: ${perfect.why}`);
  }
  return faults.count > 0 ? faults.table : { kind: 'valid', values, lines };
}
