import { Context } from '@temporalio/activity';
import { refusalOf } from '../../batch/refused-call.ts';
import { submitOnce, type Settling, type Submitted } from '../../batch/submit-once.ts';
import { withdrawRun } from '../../batch/withdraw-run.ts';
import type { CanarySpec } from '../../campaign/model/canaries/canary.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeatWhile } from '../with-heartbeat.ts';
import { runObjects } from '../../object-keys.ts';

type AnySpec = RunSpec | CanarySpec;

/**
 * Writes a run's spec and makes sure that the run has one job, despite failures and repeated calls. Batch ends the job
 * `graceSeconds` after the spec's wall clock.
 */
export const submitRun = (
  deps: Dependencies,
  spec: AnySpec,
  instanceClass: InstanceClass,
  graceSeconds: number,
): Promise<Submitted> =>
  beating(deps, () => submit(deps, spec, instanceClass, spec.limits.wallClockSeconds + graceSeconds));

/** The run is no longer wanted; returns the job that it may have anyway. */
export const withdrawSpec = (deps: Dependencies, { runKey }: AnySpec, { queue }: InstanceClass): Promise<Submitted> =>
  beating(deps, () => withdrawRun(deps, { runKey, queue }, settlingOf(deps)));

const beating = <Output>({ settings }: Dependencies, work: () => Promise<Output>): Promise<Output> =>
  heartbeatWhile(settings.timings.submitHeartbeatTimeout / 4, work);

const settlingOf = ({ settings }: Dependencies): Settling => ({
  listSettle: settings.timings.listSettle,
  wait: (ms) => Context.current().sleep(ms),
});

async function submit(
  deps: Dependencies,
  spec: AnySpec,
  instanceClass: InstanceClass,
  timeoutSeconds: number,
): Promise<Submitted> {
  const settling = settlingOf(deps);
  const { runKey } = spec;
  const settled = { ...settling, listSettle: 0 };
  await deps.store.writeOnce(deps.buckets.runs, runObjects.spec(runKey), `${JSON.stringify(spec, null, 2)}\n`);
  const { queue } = instanceClass;
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
