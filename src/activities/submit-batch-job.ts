import { Context } from '@temporalio/activity';
import { submitOnce, type Submitted } from '../batch/submit-once.ts';
import { jobDefinitionOf } from '../batch/job-definition.ts';
import { containerOrders } from '../campaign/container-orders.ts';
import type { FrozenCampaign, Purpose, Submission } from '../campaign/frozen-campaign.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds } from '../campaign/run-limits.ts';
import type { RunSpec } from '../campaign/run-spec.ts';
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

/** Writes the run's spec and makes sure that the run has one job, whatever fails and however often this is tried. */
export async function submitBatchJob(deps: Dependencies, order: RunOrder): Promise<Submitted> {
  const context = Context.current();
  const frozen = await deps.frozen.campaign(order.campaign);
  const spec = specOf(frozen, await deps.frozen.submission(order.campaign, order.submission), order);
  await deps.store.writeOnce(deps.buckets.runs, runObjects.spec(spec.runKey), `${JSON.stringify(spec, null, 2)}\n`);
  const beat = setInterval(() => context.heartbeat(), deps.settings.timings.submitHeartbeatTimeout / 4);
  try {
    return await submitOnce(
      deps,
      {
        runKey: spec.runKey,
        queue: classNamed(frozen, order.class).queue,
        jobDefinition: jobDefinitionOf(deps.settings.jobDefinition, order.class),
        timeoutSeconds: spec.limits.wallClockSeconds + batchGraceSeconds,
      },
      {
        listSettle: context.info.attempt > 1 ? deps.settings.timings.listSettle : 0,
        wait: (ms) => context.sleep(ms),
      },
    );
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
    ...containerOrders(frozen, row),
  };
}
