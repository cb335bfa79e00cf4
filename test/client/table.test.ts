import assert from 'node:assert/strict';
import { submissionTable } from '../../src/client/status/results.ts';
import { table } from '../../src/client/table.ts';
import type { SubmissionSummary } from '../../src/ledger/results.ts';

/** The content of a table without its line breaks: every character but blanks, column by column. */
function contentOf(text: string, starts: readonly number[]): string[] {
  const lines = text.split('\n').slice(2);
  return starts.map((start, column) =>
    lines.map((line) => line.slice(start, starts[column + 1]).replaceAll(' ', '')).join(''),
  );
}
const startsOf = (text: string): number[] => [...(text.split('\n')[1] ?? '').matchAll(/-+/g)].map(({ index }) => index);
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('a table on a screen', () => {
  const header = ['submission', 'team', 'reason', 'runs', 'cost'];
  const rows = [
    ['coin-toss', 'heads-or-tails', '', 'probe g4-like, c4-like', '$0.0007'],
    ['s'.repeat(64), 't'.repeat(64), 'output-invalid: 6 faults in the predictions', 'probe g4-like, p3-like', '$12.50'],
    ['', 'a-b.c_d', `given up: ${'word '.repeat(30)}`, Array(9).fill('g4-like spot-reclaimed').join(', '), ''],
  ];

  it('fits any content into the width and loses nothing', () => {
    const full = table(header, rows);
    for (const width of [60, 80, 100, 132, 200]) {
      const text = table(header, rows, width);
      assert.ok(widest(text) <= width, `${widest(text)} of ${width}\n${text}`);
      assert.deepEqual(contentOf(text, startsOf(text)), contentOf(full, startsOf(full)));
    }
  });

  it('is one line per row if there is room, and breaks at blanks first', () => {
    assert.equal(table(header, rows), table(header, rows, widest(table(header, rows))));
    assert.equal(
      table(['name', 'words'], [['a', 'one two three, four-five']], 16),
      ['name  words', '----  ----------', 'a     one two', '      three,', '      four-five'].join('\n'),
    );
  });

  it('never gets wider than its minimum needs, and terminates', () => {
    const text = table(header, rows, 10);
    assert.deepEqual(contentOf(text, startsOf(text)).length, header.length);
  });

  it('has the submissions of a campaign in 80 columns', () => {
    const run = { n: 1, purpose: 'evaluation', jobId: null, billedSeconds: 9, costMicroUsd: 1_234_567 } as const;
    const submission: SubmissionSummary = {
      submission: 'edge-reader-1-final-and-really-last',
      team: 'the-edge-readers-of-somewhere',
      teamName: 'The Edge Readers',
      submittedAt: '2026-01-01T00:00:00Z',
      state: 'failed',
      reason: 'gpu-out-of-memory',
      fault: 'team',
      detail: 'no class is larger',
      why: null,
      faults: null,
      withheld: [],
      score: null,
      runs: ['g4dn.xlarge', 'p3.2xlarge'].map((name) => ({ ...run, class: name, reason: 'gpu-out-of-memory' })),
    };
    const results = {
      campaign: 'c',
      state: 'running',
      costMicroUsd: 0,
      costByClass: {},
      submissions: [submission],
    } as const;
    const text = submissionTable({ ...results, submissions: [submission] }, 80);
    assert.ok(widest(text) <= 80, text);
    assert.match(text, /\$2\.4[67]/);
    assert.ok(widest(submissionTable({ ...results, submissions: [submission] })) > 160);
  });
});
