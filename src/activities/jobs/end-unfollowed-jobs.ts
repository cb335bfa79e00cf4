import { setTimeout as delay } from 'node:timers/promises';
import { abandon, type ClaimHolder } from '../../batch/claim.ts';
import { outageTolerated } from '../../batch/give-up-without-batch.ts';
import { endedByHoldout, hasEnded } from '../../batch/job-fate.ts';
import { jobsOfRun } from '../../batch/job-lists/run-jobs.ts';
import { runKeyOf } from '../../ids.ts';
import type { Dependencies } from '../dependencies.ts';

type BatchDependencies = Pick<Dependencies, 'runs' | 'batch' | 'ender'>;

/** A run whose submission or following failed for good. */
export interface RunToEnd {
  campaign: string;
  submission: string;
  n: number;
  /** Null if none is known. */
  jobId: string | null;
  queue: string | null;
  /** After these seconds Batch itself has ended any job of the run. */
  longestSeconds: number;
}

/**
 * Gives up a run, so that no job can begin it, and orders the end of each of its jobs. Uses nothing of the frozen campaign, which
 * may be what failed. Returns the jobs whose end Batch has not taken within seconds; this process goes on trying to end them.
 */
export async function endUnfollowedJobs(deps: BatchDependencies, run: RunToEnd): Promise<{ mayStillRun: string[] }> {
  const { campaign, submission, n, jobId, queue, longestSeconds } = run;
  const runKey = runKeyOf(campaign, submission, n);
  const [claim, listed] = await Promise.allSettled([
    inTime(abandon(deps.runs, runKey)),
    queue === null ? [] : inTime(openJobs(deps, queue, runKey)),
  ]);
  const known = [jobId, claim.status === 'fulfilled' ? holderIn(claim.value) : null];
  const ids = new Set([...known, ...(listed.status === 'fulfilled' ? listed.value : [])].filter((id) => id !== null));
  const mayStillRun: string[] = [];
  const orders = [...ids].map(async (id) => {
    if (await isOrdered(deps, id)) return;
    mayStillRun.push(id);
    void deps.ender.insist(id, endedByHoldout.unfollowed, longestSeconds * 1000);
  });
  await Promise.all(orders);
  // The next attempt gives up the run, and finds a job that this one could not.
  if (claim.status === 'rejected') throw claim.reason;
  if (listed.status === 'rejected') throw listed.reason;
  return { mayStillRun };
}

const holderIn = (holder: ClaimHolder): string | null => (holder.kind === 'job' ? holder.jobId : null);

async function openJobs(deps: BatchDependencies, queue: string, runKey: string): Promise<string[]> {
  const jobs = await jobsOfRun(deps.batch, queue, runKey);
  return jobs.flatMap((job) => (job.jobId === undefined || hasEnded(job) ? [] : [job.jobId]));
}

const isOrdered = (deps: BatchDependencies, jobId: string): Promise<boolean> =>
  inTime(deps.ender.end(jobId, endedByHoldout.unfollowed)).then(
    () => true,
    () => false,
  );

async function inTime<T>(call: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = delay(outageTolerated, undefined, { signal: late.signal }).then((): never => {
    throw new Error(`no response within ${outageTolerated / 1000} s`);
  });
  try {
    return await Promise.race([call, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
}
