import type { Submitted } from '../batch/submit-once.ts';
import { containerSettings } from '../campaign/model/container-settings.ts';
import type { FrozenCampaign, Purpose, Submission } from '../campaign/model/frozen-campaign.ts';
import { batchGraceSeconds, containerLimits } from '../campaign/model/run-limits.ts';
import { specClassOf, type RunSpec } from '../campaign/model/run-spec.ts';
import { runKeyOf } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { submitRun, withdrawSpec } from './jobs/submit-run.ts';

/** A run that was granted. */
export interface RunOrder {
  campaign: string;
  submission: string;
  n: number;
  purpose: Purpose;
  class: string;
  /** Gives the container as much shared memory as it has memory, more than the campaign's limit. */
  moreSharedMemory: boolean;
  image: { reference: string; digest: string };
}

/**
 * Writes the run's spec and makes sure that the run has one job, despite failures and repeated calls. `withdraw`: the
 * run is no longer wanted; returns the job that it may have anyway.
 */
export async function submitBatchJob(deps: Dependencies, order: RunOrder & { withdraw?: true }): Promise<Submitted> {
  const frozen = await deps.frozen.campaign(order.campaign);
  const spec = specOf(frozen, await deps.frozen.submission(order.campaign, order.submission), order);
  const instanceClass = classNamed(frozen, order.class);
  return order.withdraw
    ? withdrawSpec(deps, spec, instanceClass)
    : submitRun(deps, spec, instanceClass, batchGraceSeconds);
}

/** Everything the runner needs to know; the same for every attempt to submit the same run. */
export function specOf(frozen: FrozenCampaign, row: Submission, order: RunOrder): RunSpec {
  const instanceClass = classNamed(frozen, order.class);
  const inputs = order.purpose === 'probe' ? frozen.sampleSet : frozen.testSet;
  if (inputs === undefined) throw new RangeError(`campaign ${frozen.campaign} has no sample set to probe with`);
  return {
    version: 1,
    runKey: runKeyOf(order.campaign, order.submission, order.n),
    purpose: order.purpose,
    image: order.image,
    inputs,
    instanceClass: specClassOf(instanceClass),
    limits: containerLimits(frozen.limits, instanceClass, frozen.instanceClasses, order.moreSharedMemory),
    predictions: { file: frozen.predictions.file, maxBytes: frozen.predictions.maxBytes },
    ...(frozen.seal !== undefined && { seal: frozen.seal }),
    ...containerSettings(frozen, row),
  };
}
