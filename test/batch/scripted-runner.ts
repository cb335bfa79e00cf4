/**
 * Stands in for the runner in a Batch job, without a container: claims its run, follows the run's play and writes the
 * outcome. Bundled by the rig, started by the real Batch endpoint.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runnerExit, type ContainerEnd } from '../../src/campaign/model/run-outcome.ts';
import { claimRun } from '../../src/runner/claim-run.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { Play } from './batch-rig.ts';
import { sampleOutcome } from './sample-outcome.ts';
import { runObjects } from '../../src/object-keys.ts';

const {
  FOLDER: folder = '',
  HOLDOUT_RUN_KEY: runKey = '',
  AWS_BATCH_JOB_ID: jobId = '',
  RUNS: bucket = '',
} = process.env;
const store = new ObjectStore({ s3PathStyle: true });

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

/** Until the test makes the file; a stop ends the wait. */
async function opened(name: string): Promise<void> {
  while (!stop.signal.aborted && !existsSync(`${folder}/${name}`)) await sleep(20);
}

async function main(): Promise<number> {
  const play = JSON.parse(readFileSync(`${folder}/play.${runKey.replaceAll('/', '_')}`, 'utf8')) as Play;
  if (play.slowStart) await opened(`go.${jobId}`);
  if (!(await claimRun(store, bucket, runKey, jobId))) return runnerExit.duplicate;
  appendFileSync(`${folder}/ran`, `${runKey} ${jobId}\n`);
  if (play.until !== undefined) await opened(play.until);
  if (play.end === 'error') return runnerExit.error;
  const end: ContainerEnd = stop.signal.aborted ? { kind: 'stopped' } : { kind: 'exited', exitCode: 0 };
  await store.write(bucket, runObjects.outcome(runKey), JSON.stringify(sampleOutcome(runKey, jobId, end)));
  return runnerExit.done;
}

process.exit(await main());
