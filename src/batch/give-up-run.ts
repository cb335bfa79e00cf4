import { abandon } from './claim.ts';
import { followRun, type FollowDependencies, type FollowedRun, type FollowOrder } from './follow-run.ts';
import { jobsOfRun } from './job-lists/run-jobs.ts';

/**
 * Gives up a run: claims it, so that no job can begin it, then terminates the job it has and waits for that job's end.
 * `jobId` is the run's job, if known. Returns undefined when the run has no job. An aborted `leave` rejects.
 */
export async function giveUpRun(
  deps: FollowDependencies,
  order: Omit<FollowOrder, 'jobId'> & { jobId: string | undefined },
  leave: AbortSignal,
): Promise<FollowedRun | undefined> {
  const holder = await abandon(deps.runs, order.runKey);
  const [oldest] = await jobsOfRun(deps.batch, order.queue, order.runKey);
  const jobId = holder.kind === 'job' ? holder.jobId : (order.jobId ?? oldest?.jobId);
  if (jobId === undefined) return undefined;
  return followRun(deps, { ...order, jobId }, { giveUp: AbortSignal.abort(), leave, onPoll: () => undefined });
}
