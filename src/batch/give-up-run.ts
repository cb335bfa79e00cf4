import { abandon } from './claim.ts';
import { followRun, type FollowedRun, type FollowOrder, type FollowDependencies } from './follow-run.ts';
import { jobNameOf } from './job-name.ts';
import { jobsByName } from './jobs-by-name.ts';

/**
 * Ends a run that may have a job (`jobId`: one that was made for it, where that is known): it is taken out of reach first, then its job is ended and waited
 * for. Undefined when there is none; one that shows up later finds the run abandoned. An aborted `leave` rejects.
 */
export async function giveUpRun(
  rooms: FollowDependencies,
  order: Omit<FollowOrder, 'jobId'> & { jobId: string | undefined },
  leave: AbortSignal,
): Promise<FollowedRun | undefined> {
  const holder = await abandon(rooms.runs, order.runKey);
  const [oldest] = await jobsByName(rooms.batch, order.queue, jobNameOf(order.runKey));
  const jobId = holder.kind === 'job' ? holder.jobId : (order.jobId ?? oldest?.jobId);
  if (jobId === undefined) return undefined;
  return followRun(rooms, { ...order, jobId }, { giveUp: AbortSignal.abort(), leave, onPoll: () => undefined });
}
