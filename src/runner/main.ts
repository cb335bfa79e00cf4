/**
 * The program of a Batch job: `main.ts` carries out the run named by HOLDOUT_RUN_KEY, `main.ts reap <jobId>` removes what a
 * killed runner left on this host. Exit status: {@link runnerExit}; an error is one line on standard error.
 */
import { runnerExit } from '../campaign/model/run-outcome.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { HoldoutError, messageOf, holdoutError } from '../errors.ts';
import { ObjectStore } from '../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../settings.ts';
import { claimRun } from './claim.ts';
import { writeRunnerError } from './write-runner-error.ts';
import { reap } from './sandbox/release.ts';
import { loadRunnerSettings } from './runner-settings.ts';
import { runSubmission } from './submission-run.ts';
import { runObjects } from '../object-keys.ts';

async function main([verb, jobId]: string[]): Promise<number> {
  if (verb === 'reap') {
    await reap(loadRunnerSettings(jobId));
    return runnerExit.done;
  }
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  return runBatchJob(stop.signal);
}

async function runBatchJob(stop: AbortSignal): Promise<number> {
  const settings = loadRunnerSettings(process.env['AWS_BATCH_JOB_ID']);
  const runKey = process.env['HOLDOUT_RUN_KEY'];
  if (!runKey) throw holdoutError('RUNNER_SETTING', { name: 'HOLDOUT_RUN_KEY', value: '' });
  const platform = loadSettings();
  const [store, buckets] = [new ObjectStore(platform), bucketsOf(platform)];
  const spec = await store.readJson<RunSpec>(buckets.runs, runObjects.spec(runKey));
  if (!(await claimRun(store, buckets.runs, runKey, settings.jobId))) return runnerExit.duplicate;
  await runSubmission({ store, buckets, settings, spec, stop });
  return runnerExit.done;
}

async function report(thrown: unknown): Promise<number> {
  const line = thrown instanceof HoldoutError ? `${thrown.code}: ${thrown.message} ${thrown.next}` : messageOf(thrown);
  process.stderr.write(`holdout-runner: ${line.replaceAll(/\s+/g, ' ')}\n`);
  if (process.argv[2] !== 'reap') await writeRunnerError(thrown);
  return runnerExit.error;
}

process.exit(await main(process.argv.slice(2)).catch(report));
