import type { CanaryReport } from '../../campaign/model/canaries/canary-report.ts';
import { canaryMember, runKeyOf } from '../../ids.ts';
import { canaryReportOf, keepCanary } from '../../ledger/canary-records.ts';
import { evidenceOfRun } from '../../ledger/evidence.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CanaryOrder } from './submit-canary.ts';

/** Records a canary; returns the report that counts, which an earlier workflow of the same canary may have recorded. */
export async function recordCanary(
  deps: Dependencies,
  { campaign, report }: CanaryOrder & { report: CanaryReport },
): Promise<CanaryReport> {
  const evidence = await evidenceOfRun(deps.runs, runKeyOf(campaign, canaryMember(report.class), report.n));
  return canaryReportOf(await keepCanary(deps.results, { version: 1, campaign, ...report, evidence }));
}
