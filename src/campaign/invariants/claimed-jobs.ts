import { abandonedClaim } from '../../ids.ts';
import { bookedRuns } from './booked-once.ts';
import type { Breach } from './breach.ts';
import type { CheckedFacts, JobFact } from './facts.ts';
import { longestUnclaimedSeconds } from './orphans.ts';

/** I3 in Batch: only the job with the claim works on a run, and Batch bills what the ledger books. */
export function jobBreaches(facts: CheckedFacts): Breach[] {
  const byRun = jobsByRun(facts.jobs);
  return [
    ...workedWithoutClaim(facts),
    ...claimsOfStrangers(facts, byRun),
    ...outcomesOfOthers(facts),
    ...otherSeconds(facts, byRun),
    ...jobsOfOtherRuns(facts),
  ];
}

export function jobsByRun(jobs: readonly JobFact[]): Map<string, JobFact[]> {
  const byRun = new Map<string, JobFact[]>();
  for (const job of jobs) byRun.set(job.runKey, [...(byRun.get(job.runKey) ?? []), job]);
  return byRun;
}

/** The job with the claim; null if it was given up or nobody has it. */
const holderOf = ({ claims }: CheckedFacts, run: string): string | null => {
  const claim = claims.get(run);
  return claim === undefined || claim === abandonedClaim ? null : claim;
};

/** A runner without the claim exits at once, with another code than 0. */
function workedWithoutClaim(facts: CheckedFacts): Breach[] {
  return facts.jobs.flatMap(({ jobId: job, runKey: run, state, exitCode, billedSeconds }): Breach[] => {
    const holder = holderOf(facts, run);
    const hasWorked = state === 'ended' && (exitCode === 0 || billedSeconds > longestUnclaimedSeconds);
    return holder === job || !hasWorked ? [] : [{ invariant: 'I3', kind: 'worked-without-claim', run, job, holder }];
  });
}

/** Batch may have forgotten the holder and still know a later job; then the ledger names the holder. */
function claimsOfStrangers(facts: CheckedFacts, byRun: ReadonlyMap<string, readonly JobFact[]>): Breach[] {
  const booked = new Map(bookedRuns(facts).map(({ run, jobId }) => [run, jobId]));
  return [...byRun].flatMap(([run, ofRun]): Breach[] => {
    const job = holderOf(facts, run);
    const jobs = ofRun.map(({ jobId }) => jobId);
    return job === null || jobs.includes(job) || booked.get(run) === job
      ? []
      : [{ invariant: 'I3', kind: 'claim-of-stranger', run, job, jobs }];
  });
}

function outcomesOfOthers(facts: CheckedFacts): Breach[] {
  return [...facts.outcomes].flatMap(([run, job]): Breach[] => {
    const holder = holderOf(facts, run);
    return holder === job ? [] : [{ invariant: 'I3', kind: 'outcome-of-other', run, job, holder }];
  });
}

/**
 * An unknown time is booked as the worst case, so only measured seconds must be equal; no booking may be below Batch's. A run that
 * was given up before it had a job names none.
 */
function otherSeconds(facts: CheckedFacts, byRun: ReadonlyMap<string, readonly JobFact[]>): Breach[] {
  return bookedRuns(facts).flatMap(({ run, jobId, billedSeconds: recorded, isMeasured }): Breach[] => {
    const ofRun = byRun.get(run) ?? [];
    const isNamed = jobId === null ? ofRun.length > 0 : ofRun.some((job) => job.jobId === jobId);
    const isKnown = isNamed && ofRun.every(({ state }) => state === 'ended');
    const billed = ofRun.reduce((sum, { billedSeconds }) => sum + billedSeconds, 0);
    if (!isKnown || (isMeasured ? recorded === billed : recorded >= billed)) return [];
    const jobs = ofRun.map((job) => job.jobId);
    return [{ invariant: 'I3', kind: 'seconds-differ', run, recorded, billed, jobs }];
  });
}

function jobsOfOtherRuns(facts: CheckedFacts): Breach[] {
  const runOf = new Map(facts.jobs.map(({ jobId, runKey }) => [jobId, runKey]));
  return bookedRuns(facts).flatMap(({ run, jobId: job }): Breach[] => {
    const other = job === null ? undefined : runOf.get(job);
    return job === null || other === undefined || other === run
      ? []
      : [{ invariant: 'I3', kind: 'job-of-other-run', run, job, other }];
  });
}
