import type { Metric } from '../campaign/model/frozen-campaign.ts';

/** A prediction beside the true value. */
export interface Item {
  prediction: number;
  label: number;
}

/** `undefined`: the metric has no value for these items, and why. Never NaN. */
export type MetricValue = { kind: 'value'; value: number } | { kind: 'undefined'; why: string };

/** The score of a set of items; their order does not matter beyond the last digits. Pure. */
export function evaluateMetric(metric: Metric, items: readonly Item[]): MetricValue {
  if (items.length === 0) return { kind: 'undefined', why: 'there are no items' };
  const value = formulas[metric](items);
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'undefined', why: undefinedCases[metric] };
}

/** The predictions a metric can use: a probability, or any finite number (a rank or a quantity). */
export const takesProbabilities = (metric: Metric): boolean => metric !== 'roc-auc' && metric !== 'rmse';

/** Whether the true values must be 0 or 1. */
export const takesClasses = (metric: Metric): boolean => metric !== 'rmse';

const formulas: Record<Metric, (items: readonly Item[]) => number> = {
  'log-loss': (items) => mean(items.map(logLossOf)),
  'roc-auc': rocAuc,
  accuracy: (items) => items.filter((item) => saysYes(item) === (item.label === 1)).length / items.length,
  f1: f1Score,
  rmse: rootMeanSquare,
};

const undefinedCases: Record<Metric, string> = {
  'log-loss': 'a prediction is not a probability',
  'roc-auc': 'the true values are all of one class',
  accuracy: 'there are no items',
  f1: 'no item is of class 1 and none was predicted to be',
  rmse: 'the differences are too large for a number',
};

const clip = 1e-15;

/** Clipped as scikit-learn and Kaggle did: predictions to [1e-15, 1 - 1e-15]. */
function logLossOf({ prediction, label }: Item): number {
  const p = Math.min(Math.max(prediction, clip), 1 - clip);
  return label === 1 ? -Math.log(p) : -Math.log1p(-p);
}

const saysYes = ({ prediction }: Item): boolean => prediction >= 0.5;

/** The share of pairs of either class in the right order; a tie counts half. By rank sums: n log n. */
function rocAuc(items: readonly Item[]): number {
  const ordered = [...items].sort((a, b) => a.prediction - b.prediction);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0, end = 0; start < ordered.length; start = end) {
    const tied = ordered[start]?.prediction;
    let positivesHere = 0;
    for (; end < ordered.length && ordered[end]?.prediction === tied; end += 1) {
      if (ordered[end]?.label === 1) positivesHere += 1;
    }
    positives += positivesHere;
    rankSum += positivesHere * ((start + 1 + end) / 2);
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (ordered.length - positives));
}

function f1Score(items: readonly Item[]): number {
  const hits = items.filter((item) => saysYes(item) && item.label === 1).length;
  const wrong = items.filter((item) => saysYes(item) !== (item.label === 1)).length;
  return (2 * hits) / (2 * hits + wrong);
}

function rootMeanSquare(items: readonly Item[]): number {
  const differences = items.map(({ prediction, label }) => Math.abs(prediction - label));
  const largest = differences.reduce((a, b) => Math.max(a, b), 0);
  if (largest === 0) return 0;
  // Scaled, so that squares of large or tiny differences stay numbers.
  return largest * Math.sqrt(mean(differences.map((difference) => (difference / largest) ** 2)));
}

/** Neumaier's compensated sum, divided: exact to the last digits for millions of items in any order. */
function mean(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return (sum + lost) / values.length;
}
