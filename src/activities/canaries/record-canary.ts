import type { CanaryReport } from '../../campaign/model/canary-report.ts';
import { canaryReportOf, keepCanary } from '../../ledger/canaries.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CanaryOrder } from './submit-canary.ts';

/** Records a canary; returns the report that counts, which an earlier workflow of the same canary may have recorded. */
export const recordCanary = async (
  deps: Dependencies,
  { campaign, report }: CanaryOrder & { report: CanaryReport },
): Promise<CanaryReport> => canaryReportOf(await keepCanary(deps.results, { version: 1, campaign, ...report }));
