import { counted } from '../../safe-text.ts';
import { bookedRuns } from './booked-once.ts';
import type { CheckedFacts } from './facts.ts';

/**
 * What Batch and Temporal no longer know, so that the record could not be compared with it: Batch forgets an ended job after 7
 * days, Temporal a workflow after its namespace's retention. No breach.
 */
export function forgotten(facts: CheckedFacts): string[] {
  const known = new Set(facts.jobs.map(({ jobId }) => jobId));
  const jobs = bookedRuns(facts).filter(({ jobId }) => jobId !== null && !known.has(jobId)).length;
  const members = new Set(facts.workflows.map(({ member }) => member));
  // A round that was cancelled before its turn has no workflow and no run.
  const begun = [...facts.records].filter(([, records]) => records.some(({ runs }) => runs.length > 0));
  const workflows = begun.filter(([submission]) => !members.has(submission)).length;
  return [
    ...(jobs === 0 ? [] : [`${counted(jobs, 'job')} of the ledger, which Batch no longer knows`]),
    ...(workflows === 0 ? [] : [`the workflows of ${counted(workflows, 'submission')}, which Temporal no longer has`]),
  ];
}
