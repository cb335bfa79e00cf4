import type { CanarySpec } from '../campaign/model/canaries/canary.ts';
import { runnerExit } from '../campaign/model/run-outcome.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { HoldoutError, messageOf, holdoutError } from '../errors.ts';
import { ObjectStore } from '../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../settings.ts';
import { runCanary } from './canary-run.ts';
import { claimRun } from './claim-run.ts';
import { checkIsolation } from './isolation/check-isolation.ts';
import { confinedSpec } from './isolation/confined-program.ts';
import { preflight } from './preflight/preflight.ts';
import { isolatedEngine } from './sandbox/isolated-engine.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { runSubmission } from './submission-run.ts';
import { runObjects } from '../object-keys.ts';

/**
 * The steps of a Batch job, in order: read the spec, preflight, the drill, the claim, and then the run. Returns the exit status.
 * What is wrong with a host shows before the claim.
 */
export async function runJobSteps(given: RunnerSettings, stop: AbortSignal): Promise<number> {
  const platform = loadSettings();
  const [store, buckets] = [new ObjectStore(platform), bucketsOf(platform)];
  const spec = await readSpec(store, buckets.runs, runObjects.spec(process.env['HOLDOUT_RUN_KEY'] ?? ''));
  const settings = { ...given, engine: await isolatedEngine(given.engine, spec.instanceClass.isolation) };
  await checkBefore(settings, spec, stop);
  if (!(await claimRun(store, buckets.runs, spec.runKey, settings.jobId))) return runnerExit.duplicate;
  if (spec.purpose === 'canary') await runCanary({ store, buckets, settings, spec, stop });
  else await runSubmission({ store, buckets, settings, spec, stop });
  return runnerExit.done;
}

/** Preflight, then the drill; a canary tries the isolation itself. */
async function checkBefore(settings: RunnerSettings, spec: RunSpec | CanarySpec, stop: AbortSignal): Promise<void> {
  const { image } = settings;
  const canary = spec.purpose === 'canary';
  if (image !== undefined) await preflight({ ...settings, image }, canary ? confinedSpec(spec, 0) : spec);
  if (!canary) await checkIsolation(settings, spec, stop);
}

async function readSpec(store: ObjectStore, bucket: string, key: string): Promise<RunSpec | CanarySpec> {
  try {
    return await store.readJson<RunSpec | CanarySpec>(bucket, key);
  } catch (error) {
    if (error instanceof HoldoutError) throw error;
    const { name } = error as Error;
    throw holdoutError('SPEC_UNREADABLE', { bucket, key, cause: `${name}: ${messageOf(error)}` }, error);
  }
}
