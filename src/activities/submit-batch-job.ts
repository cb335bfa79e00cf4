import { Context } from '@temporalio/activity';
import { refusalOf } from '../batch/refused.ts';
import { submitOnce, withdrawRun, type Settling, type Submitted } from '../batch/submit-once.ts';
import { containerSettings } from '../campaign/model/container-settings.ts';
import type { FrozenCampaign, InstanceClass, Purpose, Submission } from '../campaign/model/frozen-campaign.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds } from '../campaign/model/run-limits.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { runKeyOf } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { heartbeatWhile } from './with-heartbeat.ts';
import { runObjects } from '../object-keys.ts';

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
  const { queue } = instanceClass;
  const { listSettle, submitHeartbeatTimeout } = deps.settings.timings;
  const settling = { listSettle, wait: (ms: number): Promise<void> => Context.current().sleep(ms) };
  return heartbeatWhile(submitHeartbeatTimeout / 4, () =>
    order.withdraw
      ? withdraw(deps, { runKey: spec.runKey, queue }, settling)
      : submit(deps, spec, instanceClass, settling),
  );
}

/**
 * How long a withdrawn run looks for a job that the list may show later, in ms. A job that it misses finds the run's claim
 * taken and ends at once.
 */
const withdrawal = 10_000;

const withdraw = (deps: Dependencies, run: { runKey: string; queue: string }, settling: Settling): Promise<Submitted> =>
  withdrawRun(deps, run, { ...settling, listSettle: Math.min(settling.listSettle, withdrawal) });

async function submit(
  deps: Dependencies,
  spec: RunSpec,
  instanceClass: InstanceClass,
  settling: Settling,
): Promise<Submitted> {
  const { runKey } = spec;
  const settled = { ...settling, listSettle: 0 };
  await deps.store.writeOnce(deps.buckets.runs, runObjects.spec(runKey), `${JSON.stringify(spec, null, 2)}\n`);
  const { queue } = instanceClass;
  const timeoutSeconds = spec.limits.wallClockSeconds + batchGraceSeconds;
  const isRetry = Context.current().info.attempt > 1;
  try {
    return await withNewestDefinition(deps, instanceClass, (jobDefinition) =>
      submitOnce(deps, { runKey, queue, jobDefinition, timeoutSeconds }, isRetry ? settling : settled),
    );
  } catch (error) {
    const cause = refusalOf(error);
    if (cause === undefined) throw error;
    const withdrawn = await withdrawRun(deps, { runKey, queue }, settled);
    return withdrawn.kind === 'adopted' ? withdrawn : { kind: 'refused', cause };
  }
}

/** Tries again if the revision that Batch refused is no longer the newest one: it may have been replaced a moment ago. */
async function withNewestDefinition<T>(
  { definitions }: Dependencies,
  instanceClass: InstanceClass,
  submitWith: (jobDefinition: string) => Promise<T>,
): Promise<T> {
  const first = await definitions.referenceFor(instanceClass);
  try {
    return await submitWith(first);
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    definitions.forget();
    const second = await definitions.referenceFor(instanceClass);
    if (second === first) throw error;
    return submitWith(second);
  }
}

/** Everything the runner needs to know; the same for every attempt to submit the same run. */
function specOf(frozen: FrozenCampaign, row: Submission, order: RunOrder): RunSpec {
  const instanceClass = classNamed(frozen, order.class);
  const inputs = order.purpose === 'probe' ? frozen.sampleSet : frozen.testSet;
  if (inputs === undefined) throw new RangeError(`campaign ${frozen.campaign} has no sample set to probe with`);
  const { pids, outputBytes, sharedMemoryMiB } = frozen.limits;
  const memoryMiB = containerMemoryMiB(frozen.limits, instanceClass);
  return {
    version: 1,
    runKey: runKeyOf(order.campaign, order.submission, order.n),
    purpose: order.purpose,
    image: order.image,
    inputs,
    instanceClass: {
      name: instanceClass.name,
      gpu: instanceClass.gpu ?? 'none',
      ...(instanceClass.gpus !== undefined && { gpus: instanceClass.gpus }),
      gpuMemoryMiB: instanceClass.gpuMemoryMiB ?? 0,
      vcpus: instanceClass.vcpus,
      ...(instanceClass.isolation !== undefined && { isolation: instanceClass.isolation }),
    },
    limits: {
      wallClockSeconds: wallClockSeconds(frozen.limits, instanceClass, frozen.instanceClasses),
      memoryMiB,
      pids,
      outputBytes,
      sharedMemoryMiB: order.moreSharedMemory ? memoryMiB : sharedMemoryMiB,
    },
    predictions: { file: frozen.predictions.file, maxBytes: frozen.predictions.maxBytes },
    ...containerSettings(frozen, row),
  };
}
