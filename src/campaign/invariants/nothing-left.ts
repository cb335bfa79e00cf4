import { bookedRuns } from './booked-once.ts';
import type { Breach } from './breach.ts';
import type { CheckedFacts } from './facts.ts';

/** I4, of an ended campaign: nothing runs, every job is booked, and nothing is left on this machine. */
export function leftBreaches(facts: CheckedFacts): Breach[] {
  if (facts.phase !== 'ended') return [];
  const booked = new Set(bookedRuns(facts).map(({ run }) => run));
  return [
    ...facts.workflows.flatMap(({ status, workflowId: workflow }): Breach[] =>
      status === 'running' ? [{ invariant: 'I4', kind: 'workflow-left', workflow }] : [],
    ),
    ...facts.jobs.flatMap(({ jobId: job, runKey: run, state, billedSeconds: billed }): Breach[] => {
      if (state !== 'ended') return [{ invariant: 'I4', kind: 'job-left', run, job }];
      return booked.has(run) ? [] : [{ invariant: 'I4', kind: 'unpaid-job', run, job, billed }];
    }),
    ...facts.remains.map(({ kind, what, jobId: job }): Breach => {
      return { invariant: 'I4', kind: 'remains', remains: kind, what, job };
    }),
  ];
}
