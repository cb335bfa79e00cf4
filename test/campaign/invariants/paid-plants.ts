import { finished, jobOf, runningCampaign, runOf } from './clean-campaign.ts';
import { clean, first, second, without, withJob, withRecords, type Kind, type Plant } from './plant.ts';

const running = runningCampaign();

/** Breaches of I3. */
export const paidPlants = {
  'worked-without-claim': [
    [
      'a duplicate that exited with 0',
      { ...withJob(jobOf('x', 'case/a/2', { billedSeconds: 0 })) },
      [{ invariant: 'I3', kind: 'worked-without-claim', run: 'case/a/2', job: 'x', holder: 'a2' }],
      /case\/a\/2: job x worked without the claim, which job a2 has/,
    ],
    [
      'a run that was given up and worked all the same',
      {
        ...clean,
        claims: new Map([...clean.claims, ['case/a/2', 'abandoned']]),
        outcomes: new Map(without([...clean.outcomes], ([run]) => run === 'case/a/2')),
      },
      [{ invariant: 'I3', kind: 'worked-without-claim', run: 'case/a/2', job: 'a2', holder: null }],
      /which nobody has/,
    ],
  ],
  'claim-of-stranger': [
    [
      'a claim of no job of the run',
      {
        ...clean,
        claims: new Map([...clean.claims, ['case/a/1', 'stranger']]),
      },
      [{ invariant: 'I3', kind: 'claim-of-stranger', run: 'case/a/1', job: 'stranger', jobs: ['a1'] }],
      /job stranger has the claim; Batch knows a1/,
    ],
  ],
  'outcome-of-other': [
    [
      'an outcome of a job without the claim',
      { ...clean, outcomes: new Map([...clean.outcomes, ['case/a/3', 'a3-duplicate']]) },
      [{ invariant: 'I3', kind: 'outcome-of-other', run: 'case/a/3', job: 'a3-duplicate', holder: 'a3' }],
      /job a3-duplicate wrote the outcome, and job a3 has the claim/,
    ],
  ],
  'seconds-differ': [
    [
      'a job that came after its run was given up without one',
      {
        ...clean,
        records: withRecords('a', first, {
          state: 'cancelled',
          reason: 'cancelled',
          runs: [runOf(3, { jobId: null, reason: 'cancelled', billedSeconds: 0, costMicroUsd: 0 })],
        }),
        claims: new Map([...clean.claims, ['case/a/3', 'abandoned']]),
        outcomes: new Map(without([...clean.outcomes], ([run]) => run === 'case/a/3')),
        jobs: [
          ...without(clean.jobs, ({ runKey }) => runKey === 'case/a/3'),
          jobOf('late', 'case/a/3', { exitCode: 64, billedSeconds: 2 }),
        ],
        workflows: without(clean.workflows, ({ sequence }) => sequence === 2),
      },
      [{ invariant: 'I3', kind: 'seconds-differ', run: 'case/a/3', recorded: 0, billed: 2, jobs: ['late'] }],
      /the ledger has 0 s, Batch billed 2 s for late/,
    ],
    [
      'a duplicate that the ledger does not book',
      withJob(jobOf('x', 'case/a/2', { exitCode: 64, billedSeconds: 3 })),
      [{ invariant: 'I3', kind: 'seconds-differ', run: 'case/a/2', recorded: 10, billed: 13, jobs: ['a2', 'x'] }],
      /the ledger has 10 s, Batch billed 13 s for a2, x/,
    ],
    [
      'more than Batch billed',
      { ...clean, records: withRecords('a', first, finished(runOf(3, { jobId: 'a3', billedSeconds: 13 }))) },
      [
        {
          invariant: 'I3',
          kind: 'seconds-differ',
          run: 'case/a/3',
          recorded: 13,
          billed: 12,
          jobs: ['a3', 'a3-duplicate'],
        },
      ],
      /the ledger has 13 s/,
    ],
    [
      'a worst case below what Batch billed',
      {
        ...clean,
        canaries: clean.canaries.map((canary) => ({
          ...canary,
          billedSeconds: 4,
          verdict: { kind: 'no-outcome', reason: 'platform-error', cause: 'lost' },
        })),
      },
      [
        {
          invariant: 'I3',
          kind: 'seconds-differ',
          run: 'case/_canary-g4/1',
          recorded: 4,
          billed: 5,
          jobs: ['c1'],
        },
      ],
      /case\/_canary-g4\/1/,
    ],
  ],
  'job-of-other-run': [
    [
      'a run that names the job of another',
      {
        ...clean,
        records: withRecords('a', first, finished(runOf(3, { jobId: 'c1', billedSeconds: 12 }))),
        canaries: [],
        workflows: clean.workflows.slice(0, 2),
        phase: 'running',
      },
      [{ invariant: 'I3', kind: 'job-of-other-run', run: 'case/a/3', job: 'c1', other: 'case/_canary-g4/1' }],
      /the ledger names job c1, which is one of case\/_canary-g4\/1/,
    ],
  ],
  'job-booked-twice': [
    [
      'a job that is booked for two runs',
      {
        ...clean,
        records: withRecords('a', first, finished(runOf(3, { jobId: 'a2', billedSeconds: 12 }))),
        jobs: without(clean.jobs, ({ jobId }) => jobId === 'a2'),
        claims: new Map(without([...clean.claims], ([run]) => run === 'case/a/2')),
        outcomes: new Map(without([...clean.outcomes], ([run]) => run === 'case/a/2')),
      },
      [{ invariant: 'I3', kind: 'job-booked-twice', job: 'a2', runs: ['case/a/2', 'case/a/3'] }],
      /job a2 is booked for case\/a\/2 and case\/a\/3/,
    ],
  ],
  'run-booked-twice': [
    [
      'a run that is in two records',
      { ...clean, records: withRecords('a', first, { ...second, runs: [...first.runs.slice(1), ...second.runs] }) },
      [
        { invariant: 'I3', kind: 'run-booked-twice', run: 'case/a/2', records: [1, 2] },
        { invariant: 'I3', kind: 'retry-without-reason', run: 'case/a/3', first: 'case/a/2' },
      ],
      /case\/a\/2 is in records 1 and 2/,
    ],
  ],
  'retry-without-reason': [
    [
      'a successful evaluation that is repeated',
      { ...clean, records: withRecords('a', finished(runOf(1, { jobId: 'a1' }), runOf(2, { jobId: 'a2' })), second) },
      [{ invariant: 'I3', kind: 'retry-without-reason', run: 'case/a/2', first: 'case/a/1' }],
      /case\/a\/2 repeats case\/a\/1, which succeeded/,
    ],
  ],
  'spent-differs': [
    [
      'a campaign that has spent less than completed submissions cost',
      { ...running, progress: { open: 2, spent: 3_499 } },
      [{ invariant: 'I3', kind: 'spent-differs', spent: 3_499, recorded: 3_500 }],
      /spent \$0\.0035, and the ledger has \$0\.0035: a difference of -1 micro-dollars/,
    ],
    [
      'a campaign that has booked more, though nothing is open',
      { ...clean, phase: 'running', progress: { open: 0, spent: 4_500 } },
      [{ invariant: 'I3', kind: 'spent-differs', spent: 4_500, recorded: 3_500 }],
      /a difference of 1000 micro-dollars/,
    ],
  ],
} satisfies Partial<Record<Kind, Plant[]>>;
