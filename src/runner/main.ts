/**
 * The program of a Batch job. `launch`: what Batch starts; it starts `run` in a container of its own. `run`: carries out the
 * run named by HOLDOUT_RUN_KEY and stops when its launcher ends; without a verb it has no launcher. `reap <jobId>`: removes
 * what a killed runner left on this host. `self-test`: starts every program that a run needs. Exit status:
 * {@link runnerExit}; an error is one line on standard error.
 */
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
import { launch } from './launch/launch.ts';
import { launched } from './launch/launched.ts';
import { checkHost } from './preflight/preflight.ts';
import { writeRunnerError } from './write-runner-error.ts';
import { isolatedEngine } from './sandbox/isolated-engine.ts';
import { reap } from './sandbox/release.ts';
import { loadRunnerSettings, type RunnerSettings } from './runner-settings.ts';
import { selfTest } from './self-test.ts';
import { runSubmission } from './submission-run.ts';
import { runObjects } from '../object-keys.ts';

const verbs: Record<string, (jobId: string | undefined) => Promise<number>> = {
  launch: () => launch({ settings: jobSettings(), environment: process.env, stop: stopBySignal().signal }),
  run: async () => {
    const settings = jobSettings();
    return launched(settings, stopBySignal(), (stop) => runBatchJob(settings, stop).catch(report));
  },
  reap: async (jobId) => {
    await reap(loadRunnerSettings(jobId));
    return runnerExit.done;
  },
  'self-test': async () => {
    await selfTest((line) => process.stdout.write(`${line}\n`));
    return runnerExit.done;
  },
};

async function main([verb, jobId]: string[]): Promise<number> {
  if (verb === undefined) return runBatchJob(jobSettings(), stopBySignal().signal);
  const found = verbs[verb];
  if (found === undefined) throw holdoutError('RUNNER_SETTING', { name: 'command', value: verb });
  return found(jobId);
}

/** Aborts at SIGTERM. */
function stopBySignal(): AbortController {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  return stop;
}

/** The settings of a job. Throws RUNNER_SETTING. */
function jobSettings(): RunnerSettings {
  const settings = loadRunnerSettings(process.env['AWS_BATCH_JOB_ID']);
  // ECS gives tasks no region, and the SDK's own message does not say where it belongs.
  for (const name of ['HOLDOUT_RUN_KEY', 'AWS_REGION']) {
    if (!process.env[name]) throw holdoutError('RUNNER_SETTING', { name, value: '' });
  }
  return settings;
}

async function runBatchJob(given: RunnerSettings, stop: AbortSignal): Promise<number> {
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

/** What is wrong with a host must show before the claim. A canary tries the isolation itself. */
async function checkBefore(settings: RunnerSettings, spec: RunSpec | CanarySpec, stop: AbortSignal): Promise<void> {
  const { image } = settings;
  const canary = spec.purpose === 'canary';
  if (image !== undefined) await checkHost({ ...settings, image }, canary ? confinedSpec(spec, 0) : spec);
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

async function report(thrown: unknown): Promise<number> {
  const line = thrown instanceof HoldoutError ? `${thrown.code}: ${thrown.message} ${thrown.next}` : messageOf(thrown);
  process.stderr.write(`holdout-runner: ${line.replaceAll(/\s+/g, ' ')}\n`);
  if (process.env['HOLDOUT_RUN_KEY'] && process.argv[2] !== 'reap') await writeRunnerError(thrown);
  return runnerExit.error;
}

process.exit(await main(process.argv.slice(2)).catch(report));
