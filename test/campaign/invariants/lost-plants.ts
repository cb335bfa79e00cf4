import { runningCampaign, workflowOf } from './clean-campaign.ts';
import { clean, withRecords, type Kind, type Plant } from './plant.ts';

const running = runningCampaign();

/** Breaches of I1 and I2, and changed objects. */
export const lostPlants = {
  'round-lost': [
    [
      'a stopped campaign with a round that nobody works on',
      { ...clean, phase: 'stopped', rounds: [...clean.rounds, { submission: 'c', sequence: 1 }] },
      [{ invariant: 'I1', kind: 'round-lost', submission: 'c', sequence: 1 }],
      /round 1 of c has no record, and no workflow works on it/,
    ],
    [
      'a later round',
      { ...clean, phase: 'stopped', rounds: [...clean.rounds, { submission: 'b', sequence: 2 }] },
      [{ invariant: 'I1', kind: 'round-lost', submission: 'b', sequence: 2 }],
      /round 2 of b/,
    ],
  ],
  'record-lost': [
    [
      'a completed workflow without a record, while the campaign runs',
      { ...running, workflows: [...running.workflows, workflowOf('e')] },
      [
        {
          invariant: 'I1',
          kind: 'record-lost',
          submission: 'e',
          sequence: 1,
          workflow: 'submission:case:e',
        },
      ],
      /submission:case:e has completed, and there is no record of round 1/,
    ],
    [
      'the record of a canary is gone',
      { ...running, canaries: [], progress: { open: 2, spent: 3_500 } },
      [
        {
          invariant: 'I1',
          kind: 'record-lost',
          submission: null,
          sequence: 1,
          workflow: 'canary:case:g4:1',
        },
      ],
      /canary:case:g4:1 has completed, and there is no record of it/,
    ],
  ],
  'rounds-forgotten': [
    [
      'a campaign that knows of fewer open rounds',
      { ...running, progress: { open: 1, spent: 3_500 } },
      [{ invariant: 'I1', kind: 'rounds-forgotten', open: 2, counted: 1 }],
      /2 rounds have no record, and the campaign's workflow knows of 1/,
    ],
  ],
  'not-published': [
    [
      'an ended campaign without its last records',
      { ...clean, published: { a: { records: 1 }, b: { records: 1 } } },
      [{ invariant: 'I1', kind: 'not-published', submission: 'a', records: 2, published: 1 }],
      /a: 2 records, of which the last publication has 1/,
    ],
    [
      'an ended campaign that published nothing of a submission',
      { ...clean, published: { a: { records: 2 } } },
      [{ invariant: 'I1', kind: 'not-published', submission: 'b', records: 1, published: 0 }],
      /b: 1 records, of which the last publication has 0/,
    ],
  ],
  'no-final-state': [
    [
      'a record of a state in which no round ends',
      { ...clean, records: withRecords('b', { state: 'running' as 'finished', reason: 'cancelled', runs: [] }) },
      [
        {
          invariant: 'I2',
          kind: 'no-final-state',
          submission: 'b',
          sequence: 1,
          state: 'running',
          reason: 'cancelled',
        },
      ],
      /round 1 of b: the record says running with the reason cancelled/,
    ],
    [
      'a record of a failure without a reason',
      { ...clean, records: withRecords('b', { state: 'failed', reason: null, runs: [] }) },
      [{ invariant: 'I2', kind: 'no-final-state', submission: 'b', sequence: 1, state: 'failed', reason: null }],
      /round 1 of b: the record says failed with no reason/,
    ],
    [
      'a record of a success with a reason',
      { ...clean, records: withRecords('b', { state: 'finished', reason: 'time-limit', runs: [] }) },
      [
        {
          invariant: 'I2',
          kind: 'no-final-state',
          submission: 'b',
          sequence: 1,
          state: 'finished',
          reason: 'time-limit',
        },
      ],
      /finished with the reason time-limit/,
    ],
  ],
  'other-state': [
    [
      'a record with another reason than its workflow',
      { ...clean, workflows: [...clean.workflows, workflowOf('a', { outcome: 'time-limit' })] },
      [
        {
          invariant: 'I2',
          kind: 'other-state',
          submission: 'a',
          sequence: 1,
          workflow: 'submission:case:a',
          recorded: 'finished',
          outcome: 'time-limit',
        },
      ],
      /the record says finished, submission:case:a says time-limit/,
    ],
  ],
  object: (
    [
      ['run', 'I1'],
      ['board', 'I1'],
      ['record', 'I2'],
      ['claim', 'I3'],
      ['money', 'I3'],
    ] as const
  ).map(([part, invariant]): Plant => [
    `a changed object: ${part}`,
    { ...clean, changed: [{ part, bucket: 'runs', key: 'case/a/1/x', what: 'it is missing' }] },
    [{ invariant, kind: 'object', bucket: 'runs', key: 'case/a/1/x', what: 'it is missing' }],
    /s3:\/\/runs\/case\/a\/1\/x: it is missing/,
  ]),
} satisfies Partial<Record<Kind, Plant[]>>;
