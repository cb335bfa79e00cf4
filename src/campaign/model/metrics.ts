/** A prediction beside the true value. */
export interface Item {
  prediction: number;
  label: number;
}

interface MetricDefinition {
  /** Which of two scores ranks first. */
  better: 'lower' | 'higher';
  /** `probability`: from 0 to 1; `number`: any finite number, such as a rank or a quantity. */
  predictions: 'probability' | 'number';
  /** `class`: 0 or 1; `number`: any finite number. */
  labels: 'class' | 'number';
  /** The score of at least one item, whatever their order; not finite where the metric is undefined. */
  formula: (items: readonly Item[]) => number;
  undefinedBecause: string;
}

/**
 * Every metric, by the name that `metric:` takes in a campaign file. To add one, add an entry: the schema, the checks of
 * predictions and labels, the scorer and the order of the leaderboard read this table.
 */
export const metrics = {
  'log-loss': {
    better: 'lower',
    predictions: 'probability',
    labels: 'class',
    formula: (items) => mean(items.map(logLossOf)),
    undefinedBecause: 'a prediction is not a probability',
  },
  'roc-auc': {
    better: 'higher',
    predictions: 'number',
    labels: 'class',
    formula: rocAuc,
    undefinedBecause: 'the true values are all of one class',
  },
  accuracy: {
    better: 'higher',
    predictions: 'probability',
    labels: 'class',
    formula: (items) => items.filter((item) => isPositive(item) === (item.label === 1)).length / items.length,
    undefinedBecause: 'there are no items',
  },
  f1: {
    better: 'higher',
    predictions: 'probability',
    labels: 'class',
    formula: f1Score,
    undefinedBecause: 'no item is of class 1 and none was predicted to be',
  },
  rmse: {
    better: 'lower',
    predictions: 'number',
    labels: 'number',
    formula: rootMeanSquare,
    undefinedBecause: 'the differences are too large for a number',
  },
} satisfies Record<string, MetricDefinition>;

export type Metric = keyof typeof metrics;

/** All values of `metric:`. */
export const metricNames = Object.keys(metrics) as [Metric, ...Metric[]];

/** `undefined`: the metric has no value for these items, and why. Never NaN. */
type MetricValue = { kind: 'value'; value: number } | { kind: 'undefined'; why: string };

/** The score of a set of items. Their order changes the last digits at most. */
export function evaluateMetric(metric: Metric, items: readonly Item[]): MetricValue {
  if (items.length === 0) return { kind: 'undefined', why: 'there are no items' };
  const { formula, undefinedBecause } = metrics[metric];
  const value = formula(items);
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'undefined', why: undefinedBecause };
}

/** The order that puts the best score first. */
export const bestFirst = (metric: Metric): 'ascending' | 'descending' =>
  metrics[metric].better === 'lower' ? 'ascending' : 'descending';

const clip = 1e-15;

/** Clipped as scikit-learn and Kaggle did: predictions to [1e-15, 1 - 1e-15]. */
function logLossOf({ prediction, label }: Item): number {
  const p = Math.min(Math.max(prediction, clip), 1 - clip);
  return label === 1 ? -Math.log(p) : -Math.log1p(-p);
}

const isPositive = ({ prediction }: Item): boolean => prediction >= 0.5;

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
  const hits = items.filter((item) => isPositive(item) && item.label === 1).length;
  const wrong = items.filter((item) => isPositive(item) !== (item.label === 1)).length;
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
