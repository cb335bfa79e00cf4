import { Context } from '@temporalio/activity';
import { activityFailure, causeId, withoutWords } from './activity-failure.ts';
import { awaitBatchJob } from './await-batch-job.ts';
import { awaitCanary } from './canaries/await-canary.ts';
import { recordCanary } from './canaries/record-canary.ts';
import { submitCanary } from './canaries/submit-canary.ts';
import { withHeartbeat } from './with-heartbeat.ts';
import { cancelQueued } from './cancel-queued.ts';
import type { Dependencies } from './dependencies.ts';
import { submissionsWithoutWorkflow } from './submissions-without-workflow.ts';
import { findTeam } from './find-team.ts';
import { openCampaign } from './open-campaign.ts';
import { nextSubmissions } from './next-submissions.ts';
import { openSubmission } from './open-submission.ts';
import { profileProbe } from './profile-probe.ts';
import { publishResults } from './publish-results.ts';
import { pullImage } from './pull-image.ts';
import { makeUpLostReports } from './make-up-lost-reports.ts';
import { recordCommands } from './record-commands.ts';
import { recordResult } from './record-result.ts';
import { scoreOutput } from './score-output.ts';
import { submitBatchJob } from './submit-batch-job.ts';
import { appendRounds } from './append-rounds.ts';
import { loadCampaignSnapshot } from './load-campaign-snapshot.ts';
import { endUnfollowedJobs } from './jobs/end-unfollowed-jobs.ts';
import { reportFailure, reportRecovery } from './report-stuck.ts';

/** Every activity, bound to its dependencies. The keys are the registered names, which never change. */
export function createActivities(deps: Dependencies) {
  return {
    takeStock: bind(deps, withHeartbeat(loadCampaignSnapshot)),
    openCampaign: bind(deps, openCampaign),
    nextSubmissions: bind(deps, nextSubmissions),
    takeRounds: bind(deps, withHeartbeat(appendRounds)),
    findTeam: bind(deps, findTeam),
    recordActs: bind(deps, recordCommands),
    cancelQueued: bind(deps, withHeartbeat(cancelQueued)),
    endedAmong: bind(deps, withHeartbeat(submissionsWithoutWorkflow)),
    reconcile: bind(deps, withHeartbeat(makeUpLostReports)),
    publishResults: bind(deps, withHeartbeat(publishResults)),
    openSubmission: bind(deps, openSubmission),
    pullImage: bind(deps, withHeartbeat(pullImage)),
    probeGpuMemory: bind(deps, profileProbe),
    submitBatchJob: bind(deps, submitBatchJob, pauseAfterError),
    awaitBatchJob: bind(deps, awaitBatchJob, pauseAfterError),
    endJobs: bind(deps, endUnfollowedJobs),
    submitCanary: bind(deps, submitCanary, pauseAfterError),
    awaitCanary: bind(deps, awaitCanary, pauseAfterError),
    recordCanary: bind(deps, recordCanary),
    scoreOutput: bind(deps, withHeartbeat(scoreOutput)),
    recordResult: bind(deps, recordResult),
  };
}

export type Activities = ReturnType<typeof createActivities>;

/** The pause (ms) after an attempt that failed by itself. The retry policy of these activities is for those that lost their worker. */
const pauseAfterError = (attempt: number): number => Math.min(60_000, 1_000 * 2 ** (attempt - 1));

/**
 * Gives an activity its dependencies and turns errors into failures without their words, see {@link activityFailure}. Reports
 * an activity that keeps failing to the campaign. `pause` (ms) replaces that of the retry policy after an error.
 */
function bind<Input, Output>(
  deps: Dependencies,
  activity: (deps: Dependencies, input: Input) => Promise<Output>,
  pause?: (attempt: number) => number,
) {
  return async (input: Input): Promise<Output> => {
    try {
      const output = await activity(deps, input);
      await reportRecovery(deps, input);
      return output;
    } catch (error) {
      const isSealed = deps.settings.codecKeys !== undefined;
      await reportFailure(deps, input, isSealed ? error : withoutWords(error, input));
      const failure = activityFailure(error, input, isSealed, pause?.(Context.current().info.attempt));
      if (failure !== error) Context.current().log.warn('an activity failed', { error, cause: causeId(error, input) });
      throw failure;
    }
  };
}
