import assert from 'node:assert/strict';
import { submissionDetails, type SubmissionContent } from '../../../src/campaign/explanation/submission-details.ts';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import { runFacts } from '../../../src/campaign/model/run-facts.ts';
import { sampleOutcome } from '../../batch/sample-outcome.ts';

const killed: RunRecord = {
  n: 2,
  purpose: 'evaluation',
  class: 'g4',
  jobId: 'job-2',
  reason: 'host-out-of-memory',
  billedSeconds: 13,
  costMicroUsd: 1_900,
  facts: runFacts({
    outcome: {
      ...sampleOutcome('c/s/2', 'job-2', { kind: 'exited', exitCode: 137 }),
      memory: { limitMiB: 256, peakMiB: 256, outOfMemory: 'killed' },
      device: { totalMiB: 48, idleMiB: 1, peakMiB: 40, driver: 'emulated' },
    },
    job: {
      statusReason: 'Essential container in task exited',
      exitCode: 0,
      reason: null,
      startedAt: null,
      stoppedAt: null,
    },
    rule: 'host-out-of-memory-record',
    limitSeconds: 60,
    itemCount: 10,
  }),
};

const content: SubmissionContent = {
  submission: 's',
  team: 'one',
  stage: 'failed',
  note: '',
  since: Date.parse('2026-01-01T00:01:00Z'),
  reason: 'host-out-of-memory',
  faults: undefined,
  withheld: [],
  refused: 0,
  scan: '',
  runs: [killed],
  learnt: '',
  choice: [],
};

describe('the details of a submission in the Web UI', () => {
  it('explain the failure first, then show each run against its limits', () => {
    const [head, , why, ...rest] = submissionDetails({ ...content, withheld: ['LD_PRELOAD'] }).split('\n');
    assert.equal(head, '**s** of **one** is **failed**: **host-out-of-memory** (team) since 2026-01-01 00:01 UTC');
    assert.match(why ?? '', /^The kernel killed a process .* The team should use less memory/);
    const text = rest.join('\n');
    assert.match(text, /- withheld from its container: LD\\_PRELOAD/);
    assert.ok(
      text
        .replaceAll('\u00a0', '_')
        .includes(
          '| 2 evaluation on g4 | host-out-of-memory by host-out-of-memory-record | 137 (SIGKILL) | ' +
            '12.5_of_60_s (21_%) | 256_of_256_MiB (100_%) | 40_of_48_MiB (83_%) | 13_s | USD 0.0019 |',
        ),
      text,
    );
  });

  it('count the faults of predictions and list the first by line', () => {
    const first = [{ fault: 'id-unknown', line: 17 } as const, { fault: 'no-row', line: null } as const];
    const text = submissionDetails({
      ...content,
      reason: 'output-invalid',
      note: '4 faults in the predictions',
      faults: { count: 4, kinds: { 'id-unknown': 1, 'no-row': 3 }, first },
    });
    assert.match(text, /^\*\*s\*\*.* \(4 faults in the predictions\)$/m);
    assert.match(text, /^- 1 × the id is unknown\n- 3 × an input has no row\n- line 17: the id is unknown\n$/m);
  });

  it('show the cause and Batch’s texts of a platform fault', () => {
    const job = {
      statusReason: 'Task failed to start',
      exitCode: null,
      reason: 'CannotPullContainerError: https://x.y',
    };
    const facts = runFacts({
      outcome: undefined,
      job: { ...job, startedAt: null, stoppedAt: null },
      rule: 'no-outcome',
      limitSeconds: 60,
      itemCount: 10,
    });
    const text = submissionDetails({
      ...content,
      reason: 'platform-error',
      runs: [{ ...killed, reason: 'platform-error', cause: 'no space', facts }],
    });
    assert.match(
      text,
      /^- Run 2, platform: no space; Task failed to start; CannotPullContainerError: https: \/\/x\.y$/m,
    );
  });

  it('show Batch’s texts of every failed run, whoever is responsible', () => {
    const runs = [
      { ...killed, n: 1, reason: 'spot-reclaimed' as const, cause: 'host lost' },
      killed,
      { ...killed, n: 3, reason: null },
    ];
    const matches = submissionDetails({ ...content, stage: 'running', reason: null, runs }).match(
      /^- Run \d+, platform: .*$/gm,
    );
    assert.deepEqual(matches, [
      '- Run 1, platform: host lost; Essential container in task exited',
      '- Run 2, platform: Essential container in task exited',
    ]);
  });

  it('escape Markdown, links and formulas', () => {
    const hostile = '[x](http://evil) **bold** | `a` <b> $1 and $2 \u202e\n# h';
    const text = submissionDetails({
      ...content,
      submission: hostile,
      team: hostile,
      note: hostile,
      learnt: hostile,
      choice: [hostile],
      withheld: [hostile],
    });
    assert.doesNotMatch(text, /(?<!\\)[[\]<>`]/);
    assert.doesNotMatch(text, /\$|:\/\/|\u202e|^# /m);
    assert.equal(text.split('\n').filter((line) => line.startsWith('| ')).length, 3, 'the table has its rows only');
  });

  it('stay small for any submission', () => {
    const choice = Array.from({ length: 100 }, (_, index) => `class-${index}: ${'x'.repeat(100)}`);
    const runs = Array.from({ length: 100 }, (_, index) => ({ ...killed, n: index + 1 }));
    const text = submissionDetails({ ...content, runs, choice });
    assert.ok(text.length < 8_000, `${text.length} characters`);
    assert.match(text, /88 earlier runs are not shown/);
    assert.match(text, /\| 100 evaluation/);
  });
});
