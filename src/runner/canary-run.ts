import type { CanaryOutcome, CanarySpec } from '../campaign/model/canaries/canary.ts';
import { holdoutError } from '../errors.ts';
import { runObjects } from '../object-keys.ts';
import { retryFor } from '../retry-for.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets } from '../settings.ts';
import { checkDevice } from './isolation/device-check/check-device.ts';
import { drill } from './isolation/drill.ts';
import type { RunnerSettings } from './runner-settings.ts';

interface CanaryRun {
  store: ObjectStore;
  buckets: Buckets;
  settings: RunnerSettings;
  spec: CanarySpec;
  /** Aborted by SIGTERM. */
  stop: AbortSignal;
}

/**
 * Carries out a claimed canary: tries the isolation with the limits and the device of its class, whatever earlier drills showed,
 * then the measurement of the device. Writes the outcome last, after the host is clean. Throws CANARY_STOPPED: what was not
 * tried to its end is no outcome.
 */
export async function runCanary({ store, buckets, settings, spec, stop }: CanaryRun): Promise<void> {
  const startedAt = new Date().toISOString();
  const request = { settings, run: spec, stop };
  try {
    const outcome: CanaryOutcome = {
      version: 1,
      runKey: spec.runKey,
      jobId: settings.jobId,
      startedAt,
      controls: await drill(request),
      device: await checkDevice(request),
      stoppedAt: new Date().toISOString(),
    };
    const key = runObjects.outcome(spec.runKey);
    await retryFor(() => store.writeIfAbsent(buckets.runs, key, `${JSON.stringify(outcome, null, 2)}\n`));
  } catch (error) {
    if (!stop.aborted) throw error;
    throw holdoutError('CANARY_STOPPED', {}, error);
  }
}
