import { parseRunKey } from '../../ids.ts';
import type { OrphanFacts } from './facts.ts';

/** Jobs, workflows and containers that nothing answers for. */
export interface Orphans {
  /** Jobs that have not ended, of submissions and canaries whose workflow does not run. */
  jobsWithoutWorkflow: { job: string; run: string }[];
  /** Workflows that wait for a job which Batch does not know. */
  workflowsWithoutJob: { workflow: string; run: string }[];
  /** Containers on this machine, and running jobs of Batch, that do not have the claim of their run. */
  containersWithoutClaim: { job: string; run: string }[];
}

/**
 * The longest time for which a runner works before it claims its run: it checks its host, and on a host's first job it tries the
 * isolation. A choice, several times what the checks take.
 */
export const longestUnclaimedSeconds = 300;

/** Lists lag by seconds: an orphan counts only if it is there again after their delay. */
export function orphansOf(facts: OrphanFacts): Orphans {
  const { jobs, workflows, claims, containers, at } = facts;
  const running = workflows.filter(({ status }) => status === 'running');
  const followed = new Set(running.map(({ member }) => member));
  const known = new Set(jobs.map(({ runKey }) => runKey));
  const isLate = (startedAt: number | null): boolean =>
    startedAt !== null && at - startedAt > longestUnclaimedSeconds * 1000;
  const late = jobs.filter(({ state, startedAt }) => state === 'running' && isLate(startedAt));
  return {
    jobsWithoutWorkflow: jobs
      .filter(({ state, runKey }) => state !== 'ended' && !followed.has(parseRunKey(runKey).submission))
      .map(({ jobId: job, runKey: run }) => ({ job, run })),
    workflowsWithoutJob: running.flatMap(({ workflowId: workflow, awaits: run }) =>
      run === undefined || known.has(run) ? [] : [{ workflow, run }],
    ),
    containersWithoutClaim: unique([...containers, ...late])
      .filter(({ jobId, runKey }) => claims.get(runKey) !== jobId)
      .map(({ jobId: job, runKey: run }) => ({ job, run })),
  };
}

/** The container of a job on this machine and the job in Batch are one. */
const unique = <Job extends { jobId: string }>(jobs: readonly Job[]): Job[] => [
  ...new Map(jobs.map((job) => [job.jobId, job])).values(),
];
