import { Context } from '@temporalio/activity';
import { refusalOf } from '../batch/refusal.ts';
import { submitOnce, type Submitted } from '../batch/submit-once.ts';
import { withdrawRun } from '../batch/withdraw-run.ts';
import { jobDefinitionOf } from '../batch/job-definition.ts';
import { containerSettings } from '../campaign/model/container-command.ts';
import type { FrozenCampaign, Purpose, Submission } from '../campaign/model/frozen-campaign.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds } from '../campaign/model/run-limits.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { runKeyOf, runObjects } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';

/** One run, as granted. */
export interface RunOrder {
  campaign: string;
  submission: string;
  n: number;
  purpose: Purpose;
  class: string;
  /** As much as it has memory, not only what the campaign's limits say. */
  moreSharedMemory: boolean;
  image: { reference: string; digest: string };
}

/**
 * Writes the run's spec and makes sure that the run has one job, whatever fails and however often this is tried.
 * `withdraw`: the run is not wanted any more; answers the job that it may have all the same.
 */
export async function submitBatchJob(deps: Dependencies, order: RunOrder & { withdraw?: true }): Promise<Submitted> {
  const context = Context.current();
  const frozen = await deps.frozen.campaign(order.campaign);
  const spec = specOf(frozen, await deps.frozen.submission(order.campaign, order.submission), order);
  const { runKey } = spec;
  const { queue } = classNamed(frozen, order.class);
  const { listSettle } = deps.settings.timings;
  const wait = (ms: number): Promise<void> => context.sleep(ms);
  const beat = setInterval(() => context.heartbeat(), deps.settings.timings.submitHeartbeatTimeout / 4);
  try {
    if (order.withdraw) return await withdrawRun(deps, { runKey, queue }, { listSettle, wait });
    await deps.store.writeOnce(deps.buckets.runs, runObjects.spec(runKey), `${JSON.stringify(spec, null, 2)}\n`);
    const jobDefinition = jobDefinitionOf(deps.settings.jobDefinition, order.class);
    const timeoutSeconds = spec.limits.wallClockSeconds + batchGraceSeconds;
    try {
      return await submitOnce(
        deps,
        { runKey, queue, jobDefinition, timeoutSeconds },
        { listSettle: context.info.attempt > 1 ? listSettle : 0, wait },
      );
    } catch (error) {
      const cause = refusalOf(error);
      if (cause === undefined) throw error;
      const withdrawn = await withdrawRun(deps, { runKey, queue }, { listSettle: 0, wait });
      return withdrawn.kind === 'adopted' ? withdrawn : { kind: 'refused', cause };
    }
  } finally {
    clearInterval(beat);
  }
}

/** Everything the runner needs to know; the same for every try of the same run. */
function specOf(frozen: FrozenCampaign, row: Submission, order: RunOrder): RunSpec {
  const on = classNamed(frozen, order.class);
  const inputs = order.purpose === 'probe' ? frozen.sampleSet : frozen.testSet;
  if (inputs === undefined) throw new RangeError(`campaign ${frozen.campaign} has no sample set to probe with`);
  const { pids, outputBytes, sharedMemoryMiB } = frozen.limits;
  const memoryMiB = containerMemoryMiB(frozen.limits, on);
  return {
    version: 1,
    runKey: runKeyOf(order.campaign, order.submission, order.n),
    purpose: order.purpose,
    image: order.image,
    inputs,
    instanceClass: {
      name: on.name,
      gpu: on.gpu ?? 'none',
      gpuMemoryMiB: on.gpuMemoryMiB ?? 0,
      vcpus: on.vcpus,
    },
    limits: {
      wallClockSeconds: wallClockSeconds(frozen.limits, on, frozen.instanceClasses),
      memoryMiB,
      pids,
      outputBytes,
      sharedMemoryMiB: order.moreSharedMemory ? memoryMiB : sharedMemoryMiB,
    },
    predictions: { file: frozen.predictions.file, maxBytes: frozen.predictions.maxBytes },
    ...containerSettings(frozen, row),
  };
}
