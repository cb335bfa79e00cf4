import type { Metric } from '../campaign/model/metrics.ts';
import type { FaultSummary } from '../campaign/model/prediction-faults.ts';

/** scores/<submission>/<n>.json. Faults quote the predictions and stay here. */
export interface ScoreFile {
  version: 1;
  runKey: string;
  metric: Metric;
  result:
    | { kind: 'scored'; score: number; items: number }
    /** `summary` quotes nothing; files written before there was one lack it. */
    | { kind: 'invalid'; faults: string[]; count: number; summary?: FaultSummary };
}
