import assert from 'node:assert/strict';
import type { SubmissionOverview, RoundOverview } from '../../../src/client/status/submission-overview.ts';
import { showText } from '../../../src/client/status/show-text.ts';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import { runFacts } from '../../../src/campaign/model/run-facts.ts';
import type { ContainerEnd, RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { whyOfEnd, whyOfRun } from '../../../src/campaign/explanation/why-failed.ts';
import { sampleOutcome } from '../../batch/sample-outcome.ts';

const job = {
  statusReason: 'Essential container in task exited',
  exitCode: 0,
  reason: null,
  startedAt: null,
  stoppedAt: null,
};

/** The record that an outcome would leave. */
function runOf(n: number, end: ContainerEnd, change: Partial<RunOutcome> = {}): RoundOverview['runs'][number] {
  const outcome = { ...sampleOutcome(`c/s/${n}`, `job-${n}`, end), ...change };
  const { reason, rule } = verdictOf(outcome);
  const facts = runFacts({ outcome, job, rule, limitSeconds: 60, itemCount: 10 });
  const record: RunRecord = {
    n,
    purpose: 'evaluation',
    class: 'g4',
    jobId: `job-${n}`,
    reason,
    billedSeconds: 13,
    costMicroUsd: 1_900,
    facts,
  };
  return { ...record, why: whyOfRun(record) ?? null };
}

const roundOf = (runs: RoundOverview['runs'], change: Partial<RoundOverview> = {}): RoundOverview => ({
  sequence: 1,
  state: 'failed',
  reason: runs.at(-1)?.reason ?? null,
  detail: null,
  image: 'sha256:0',
  faults: null,
  withheld: [],
  runs,
  ...change,
});

const caseOf = (round: RoundOverview, change: Partial<SubmissionOverview> = {}): SubmissionOverview => ({
  version: 1,
  campaign: 'c',
  submission: 's',
  team: 'one',
  teamName: 'Team \u001b[2J one',
  submittedAt: '2026-01-01T00:00:00Z',
  state: round.state,
  reason: round.reason,
  fault: round.reason && 'team',
  detail: round.detail,
  why: whyOfEnd(round.reason, round.runs) ?? null,
  score: null,
  underWay: null,
  unsealings: [],
  rounds: [round],
  runsSoFar: [],
  ...change,
});

const killed = runOf(
  2,
  { kind: 'exited', exitCode: 137 },
  {
    memory: { limitMiB: 256, peakMiB: 256, outOfMemory: 'killed' },
    device: { totalMiB: 48, idleMiB: 1, peakMiB: 40, driver: 'emulated' },
    output: { bytes: 3_145_728, full: true, growth: [] },
    predictions: { kind: 'refused', why: 'link' },
    log: { bytes: 9, keptBytes: 9, tail: 'MY WORDS' },
  },
);

describe('what show prints', () => {
  it('is the result, the cause and the next step, then each run with its use of the limits', () => {
    assert.equal(
      showText(caseOf(roundOf([runOf(1, { kind: 'exited', exitCode: 0 }), killed], { withheld: ['LD_PRELOAD'] }))),
      [
        's of one ("Team \\u{001b}[2J one") in c',
        '  submitted  2026-01-01 00:00 UTC',
        '  state      failed: host-out-of-memory, the team’s fault',
        '  why        The kernel killed a process of the container because its memory',
        '             limit was reached.',
        '  next       The team should use less memory, such as fewer workers or smaller',
        '             batches. limits.memory is the promised limit.',
        '  withheld   LD_PRELOAD',
        '  image      sha256:0',
        '',
        'run 1, evaluation on g4: succeeded',
        '  time       12.5 of 60 s (21 %)',
        '  when       2026-01-01 00:00:00 to 00:00:12 UTC',
        '  exit       0',
        '  memory     20 of 256 MiB (8 %) with page cache, no kill recorded',
        '  output     10 B',
        '  items      10, 1.25 s each, start-up included',
        '  Batch      Essential container in task exited',
        '  job        job-1',
        '  cost       $0.0019 for 13 s',
        '',
        'run 2, evaluation on g4: host-out-of-memory',
        '  why        The kernel killed a process of the container because its memory',
        '             limit was reached. (rule: host-out-of-memory-record)',
        '  time       12.5 of 60 s (21 %)',
        '  when       2026-01-01 00:00:00 to 00:00:12 UTC',
        '  exit       137 (SIGKILL)',
        '  memory     256 of 256 MiB (100 %) with page cache, the kernel killed a process',
        '  GPU        40 of 48 MiB (83 %), including 1 MiB used before the start',
        '  output     3 MiB, output space full',
        '  file       the predictions file is a link',
        '  Batch      Essential container in task exited',
        '  job        job-2',
        '  cost       $0.0019 for 13 s',
      ].join('\n'),
    );
  });

  it('has the first faults of predictions by line, and the count of each kind', () => {
    const faults = {
      count: 3,
      kinds: { 'id-unknown': 2, 'no-row': 1 },
      first: [
        { fault: 'id-unknown', line: 17 },
        { fault: 'no-row', line: null },
      ],
    } as const;
    const round = roundOf([runOf(1, { kind: 'exited', exitCode: 0 })], {
      reason: 'output-invalid',
      detail: '3 faults in the predictions',
      faults: { ...faults, first: [...faults.first] },
    });
    const text = showText(caseOf(round));
    assert.match(
      text,
      /^ {2}faults {5}2 × the id is unknown\n {13}1 × an input has no row\n {13}line 17: the id is unknown$/m,
    );
  });

  it('says how the container ended without an exit code, for every way to end', () => {
    const ends: [ContainerEnd, RegExp][] = [
      [{ kind: 'time-limit' }, /exit +none: stopped by the wall-clock limit/],
      [{ kind: 'stopped' }, /exit +none: stopped from outside/],
      [{ kind: 'never-started', fault: 'team', detail: 'exec: "evil": not found' }, /exit +none: never started/],
    ];
    for (const [end, words] of ends) {
      const text = showText(caseOf(roundOf([runOf(1, end)])));
      assert.match(text, words);
      assert.doesNotMatch(text, /evil/);
    }
  });

  it('is the current stage, with the runs that have no record yet', () => {
    const { facts } = killed;
    assert.ok(facts);
    const text = showText(
      caseOf(roundOf([], { reason: null }), {
        state: 'waiting',
        rounds: [],
        underWay: {
          stage: 'waiting',
          note: 'for run 3, an evaluation on g4',
          because: 'why',
          since: '2026-01-01T00:01:00Z',
        },
        runsSoFar: [
          { n: 2, purpose: 'evaluation', class: 'g4', ended: true, reason: 'host-out-of-memory', facts, why: null },
          { n: 3, purpose: 'evaluation', class: 'g4', ended: false, reason: null, why: null },
        ],
      }),
    );
    assert.match(
      text,
      /^ {2}now {8}waiting for run 3, an evaluation on g4, since 2026-01-01 00:01 UTC\n {2}because {4}why$/m,
    );
    assert.match(text, /^run 2, evaluation on g4: host-out-of-memory\n {2}why {8}The kernel/m);
    assert.match(text, /^run 3, evaluation on g4: under way$/m);
  });

  it('names the rounds if there are several, and reads records without facts', () => {
    const { facts: _, ...old } = killed;
    const rounds = [
      roundOf([{ ...old, why: null }]),
      roundOf([], { sequence: 2, state: 'cancelled', reason: 'cancelled' }),
    ];
    const text = showText(caseOf(roundOf([killed]), { rounds }));
    assert.match(text, /^round 1: failed \(host-out-of-memory\)$/m);
    assert.match(text, /^round 2: cancelled \(cancelled\)$/m);
    assert.match(text, /^run 2, evaluation on g4: host-out-of-memory\n {2}why .*\n.*\n {2}job {8}job-2\n {2}cost/m);
  });

  it('names who opened its log or output, and why', () => {
    const opened = {
      version: 1,
      sequence: 3,
      predecessor: null,
      submission: 's',
      part: 'log',
      n: 2,
      by: 'ann',
    } as const;
    const unsealings = [{ ...opened, at: '2026-01-02T03:04:05.000Z', reason: 'it fails \u001b[2J on every class' }];
    const text = showText(caseOf(roundOf([]), { unsealings })).replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /unsealed log of run 2, by ann, 2026-01-02 03:04 UTC: "it fails \\u\{001b\}\[2J on every class"/,
    );
  });

  it('never contains text of the submission, and fits a terminal of 80 columns', () => {
    const long = { ...killed, cause: 'x '.repeat(100).trim() };
    const text = showText(caseOf(roundOf([long, runOf(3, { kind: 'time-limit' })])));
    assert.doesNotMatch(text.replaceAll('\n', ''), /MY WORDS|\p{C}/u);
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  });
});
