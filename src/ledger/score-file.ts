import type { Metric } from '../campaign/frozen-campaign.ts';

/** scores/<submission>/<n>.json. Faults quote the predictions and stay here. */
export interface ScoreFile {
  version: 1;
  runKey: string;
  metric: Metric;
  result: { kind: 'scored'; score: number; items: number } | { kind: 'invalid'; faults: string[]; count: number };
}
