import type { Submitted } from '../../batch/submit-once.ts';
import type { CanarySpec } from '../../campaign/model/canaries/canary.ts';
import type { FrozenCampaign, InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { canaryContainerLimits, canarySeconds } from '../../campaign/model/canaries/canary-limits.ts';
import { specClassOf } from '../../campaign/model/run-spec.ts';
import { runKeyOf } from '../../ids.ts';
import { classNamed, type Dependencies } from '../dependencies.ts';
import { submitRun, withdrawSpec } from '../jobs/submit-run.ts';

/** A canary of a class; `submission` is its place in run keys and reports, `sequence` its number. */
export interface CanaryOrder {
  campaign: string;
  submission: string;
  sequence: number;
  n: number;
  class: string;
}

/** Writes the canary's spec and makes sure that it has one job. `withdraw`: it is no longer wanted. */
export async function submitCanary(deps: Dependencies, order: CanaryOrder & { withdraw?: true }): Promise<Submitted> {
  const frozen = await deps.frozen.campaign(order.campaign);
  const instanceClass = classNamed(frozen, order.class);
  const spec = specOf(frozen, instanceClass, order);
  return order.withdraw
    ? withdrawSpec(deps, spec, instanceClass)
    : submitRun(deps, spec, instanceClass, canarySeconds.grace);
}

function specOf(
  { limits }: FrozenCampaign,
  instanceClass: InstanceClass,
  { campaign, submission, n }: CanaryOrder,
): CanarySpec {
  return {
    version: 1,
    runKey: runKeyOf(campaign, submission, n),
    purpose: 'canary',
    instanceClass: specClassOf(instanceClass),
    limits: canaryContainerLimits(limits, instanceClass),
  };
}
