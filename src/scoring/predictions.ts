import type { PredictionsFormat } from '../campaign/model/frozen-campaign.ts';
import { metrics, type Metric } from '../campaign/model/metrics.ts';
import { quoted } from '../safe-text.ts';
import type { ByteSource } from './csv-lines.ts';
import { FaultList, type FaultyTable } from './fault-list.ts';
import { readIdValueTable } from './id-value-table.ts';
import { unknownId } from './unknown-id.ts';

/** Values by input. Faults are the team's. */
type PredictionsResult = FaultyTable | { kind: 'valid'; values: Map<string, number> };

/**
 * Checks a predictions file: exactly one row per input, each a finite number, or a probability if the metric needs one. Takes
 * linear time; memory depends on the inputs, not on the file. Throws only the source's errors.
 */
export async function readPredictions(options: {
  source: ByteSource;
  /** Ids of all inputs (`itemId` of their names). */
  inputs: ReadonlySet<string>;
  format: PredictionsFormat;
  metric: Metric;
}): Promise<PredictionsResult> {
  const { source, inputs, format, metric } = options;
  const faults = new FaultList();
  const needsProbabilities = metrics[metric].predictions === 'probability';
  const { values, lines, isComplete } = await readIdValueTable(source, format, faults, {
    noun: 'row',
    faultInId: (id) =>
      inputs.has(id)
        ? undefined
        : { fault: id.includes('\uFFFD') ? 'not-utf-8' : 'id-unknown', text: () => unknownId(id, inputs) },
    faultInValue: (id, value) =>
      needsProbabilities && (value < 0 || value > 1)
        ? { fault: 'out-of-range', text: () => `${value} for ${quoted(id)} is outside [0, 1], the range of ${metric}` }
        : undefined,
  });
  for (const id of isComplete ? inputs : []) {
    if (lines.has(id)) continue;
    if (format.missing === 'reject') faults.add('no-row', null, () => `no row for the input ${quoted(id)}`);
    else values.set(id, format.missing);
  }
  return faults.count > 0 ? faults.table : { kind: 'valid', values };
}
