import { setTimeout as delay } from 'node:timers/promises';
import type { RunnerError } from '../campaign/model/run-outcome.ts';
import { HoldoutError } from '../errors.ts';
import { ObjectStore } from '../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../settings.ts';
import { runnerTimings } from './runner-timings.ts';
import { runObjects } from '../object-keys.ts';

/** Tries to write trouble.json, which explains why the run has no outcome; the runner exits in any case. */
export async function writeRunnerError(thrown: unknown): Promise<void> {
  const runKey = process.env['HOLDOUT_RUN_KEY'];
  if (!runKey) return;
  const runnerError: RunnerError = { version: 1, jobId: process.env['AWS_BATCH_JOB_ID'] ?? '', ...describe(thrown) };
  const platform = loadSettings();
  const written = new ObjectStore(platform).writeIfAbsent(
    bucketsOf(platform).runs,
    runObjects.trouble(runKey),
    `${JSON.stringify(runnerError, null, 2)}\n`,
  );
  await Promise.race([written, delay(runnerTimings.runnerError)]).catch(() => undefined);
}

/** The message of an error outside the catalogue may quote a file of the submission, so only its kind is written. */
function describe(thrown: unknown): Pick<RunnerError, 'code' | 'message'> {
  if (thrown instanceof HoldoutError) return { code: thrown.code, message: thrown.message };
  const { name = 'Error', code, syscall } = (thrown ?? {}) as { name?: string; code?: string; syscall?: string };
  return { code: 'UNEXPECTED', message: [name, code, syscall].filter(Boolean).join(' ') };
}
