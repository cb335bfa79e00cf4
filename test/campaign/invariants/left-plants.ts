import { jobOf, workflowOf } from './clean-campaign.ts';
import { clean, withJob, type Kind, type Plant } from './plant.ts';

/** Breaches of I4. */
export const leftPlants = {
  'job-left': [
    [
      'a job that still waits',
      withJob(jobOf('x', 'case/a/3', { state: 'waiting', startedAt: null, exitCode: null, billedSeconds: 0 })),
      [{ invariant: 'I4', kind: 'job-left', run: 'case/a/3', job: 'x' }],
      /case\/a\/3: job x has not ended/,
    ],
  ],
  'workflow-left': [
    [
      'a workflow that still runs',
      { ...clean, workflows: [...clean.workflows, workflowOf('b', { status: 'running', sequence: undefined })] },
      [{ invariant: 'I4', kind: 'workflow-left', workflow: 'submission:case:b' }],
      /submission:case:b still runs/,
    ],
  ],
  'unpaid-job': [
    [
      'a job of a run that nobody booked',
      withJob(jobOf('x', 'case/b/1', { exitCode: 1, billedSeconds: 7 })),
      [{ invariant: 'I4', kind: 'unpaid-job', run: 'case/b/1', job: 'x', billed: 7 }],
      /case\/b\/1: job x is not in the ledger; Batch billed 7 s/,
    ],
  ],
  remains: (['container', 'process', 'control group', 'mount', 'folder'] as const).map((kind): Plant => [
    `a ${kind} of an ended job`,
    { ...clean, remains: [{ kind, jobId: 'a1', what: 'ho-a1' }] },
    [{ invariant: 'I4', kind: 'remains', remains: kind, what: 'ho-a1', job: 'a1' }],
    new RegExp(`job a1 has ended, and its ${kind} is still there: ho-a1`),
  ]),
} satisfies Partial<Record<Kind, Plant[]>>;
