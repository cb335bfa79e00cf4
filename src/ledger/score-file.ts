import type { Metric } from '../campaign/model/metrics.ts';
import type { FaultSummary } from '../campaign/model/prediction-faults.ts';

/** scores/<submission>/<n>.json. `faults` quotes the predictions and therefore stays in this file; empty if they are sealed. */
export interface ScoreFile {
  version: 1;
  runKey: string;
  metric: Metric;
  /** sha256 (hex) of the predictions that were scored. Absent in older files. */
  predictions?: string;
  result:
    | { kind: 'scored'; score: number; items: number }
    /** `summary` quotes nothing; older files lack it. */
    | { kind: 'invalid'; faults: string[]; count: number; summary?: FaultSummary };
}
