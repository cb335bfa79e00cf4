import type { BatchClient } from '@aws-sdk/client-batch';
import type { WorkflowClient, WorkflowExecutionInfo } from '@temporalio/client';
import { awaitsJob } from '../../awaits-job.ts';
import { activeJobs } from '../../batch/job-lists/active-jobs.ts';
import { holderOf } from '../../batch/claim.ts';
import type { JobFact, OrphanFacts } from '../../campaign/invariants/facts.ts';
import { longestUnclaimedSeconds, orphansOf, type Orphans } from '../../campaign/invariants/orphans.ts';
import { abandonedClaim, canaryMember, parseRunKey, subjectOf } from '../../ids.ts';
import { inParallel } from '../../in-parallel.ts';
import type { FrozenReader } from '../../ledger/frozen-reader.ts';
import type { Bucket } from '../../s3/object-store.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';

const callsAtOnce = 8;

export interface OrphanSources {
  workflows: WorkflowClient;
  batch: BatchClient;
  frozen: Pick<FrozenReader, 'campaign'>;
  runs: Bucket;
}

/**
 * What nothing answers for in a running campaign, by one look at Temporal, Batch and the claims. Such a look may be wrong: the
 * lists lag, and jobs begin and end meanwhile. A worker does not see the containers of the hosts.
 */
export async function findOrphans(sources: OrphanSources, campaign: string): Promise<Orphans> {
  const { instanceClasses } = await sources.frozen.campaign(campaign);
  const running = await runningWorkflows(sources.workflows, campaign);
  const at = Date.now();
  const jobs = await activeJobs(sources.batch, campaign, new Set(instanceClasses.map(({ queue }) => queue)));
  const claims = await claimsOf(sources.runs, jobs, at);
  return orphansOf({ jobs, workflows: withRuns(running, jobs), claims, containers: [], at });
}

type RunningWorkflow = Pick<OrphanFacts['workflows'][number], 'workflowId' | 'member' | 'status'> & { awaits: boolean };

async function runningWorkflows(workflows: WorkflowClient, campaign: string): Promise<RunningWorkflow[]> {
  const types = "WorkflowType IN ('submission', 'canary')";
  const query = `HoldoutCampaign = '${campaign}' AND ${types} AND ExecutionStatus = 'Running'`;
  const listed: WorkflowExecutionInfo[] = [];
  for await (const execution of workflows.list({ query })) listed.push(execution);
  return inParallel(callsAtOnce, listed, async (execution) => {
    const { workflowId } = execution;
    const { submission, class: name = '' } = subjectOf(workflowId) ?? {};
    const awaits = mayAwait(execution) && (await awaitsJob(workflows, execution));
    return { workflowId, member: submission ?? canaryMember(name), status: 'running', awaits };
  });
}

/** A submission says so in its stage; so only those with a job cost a call. */
function mayAwait({ typedSearchAttributes, type }: WorkflowExecutionInfo): boolean {
  const stage = typedSearchAttributes.get(searchAttributes.stage);
  return type === 'canary' || stage === 'probing' || stage === 'running';
}

/** The run of its job; without a job, a run that no job has. */
function withRuns(workflows: readonly RunningWorkflow[], jobs: readonly JobFact[]): OrphanFacts['workflows'] {
  const runs = new Map(jobs.map(({ runKey }) => [parseRunKey(runKey).submission, runKey]));
  return workflows.map(({ awaits, ...rest }) => ({
    ...rest,
    awaits: awaits ? (runs.get(rest.member) ?? '') : undefined,
  }));
}

/** The claims of the running jobs that should have one by now, by run key. */
async function claimsOf(runs: Bucket, jobs: readonly JobFact[], at: number): Promise<Map<string, string>> {
  const late = jobs.filter(({ startedAt }) => startedAt !== null && at - startedAt > longestUnclaimedSeconds * 1000);
  const claims = await inParallel(callsAtOnce, late, async ({ runKey }): Promise<[string, string][]> => {
    const holder = await holderOf(runs, runKey);
    if (holder.kind === 'unclaimed') return [];
    return [[runKey, holder.kind === 'job' ? holder.jobId : abandonedClaim]];
  });
  return new Map(claims.flat());
}
