import type { CheckedFacts, JobFact, RecordedRound, WorkflowFact } from '../../../src/campaign/invariants/facts.ts';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import { runFacts } from '../../../src/campaign/model/run-facts.ts';

/** The instant at which everything is read. */
export const now = Date.parse('2026-01-02T00:00:00Z');

/** Of a run whose job Batch knew. */
const facts = runFacts({
  outcome: undefined,
  job: { statusReason: null, exitCode: 0, reason: null, startedAt: null, stoppedAt: null },
  rule: null,
  limitSeconds: 60,
  itemCount: 1,
});

export const runOf = (n: number, changes: Partial<RunRecord> = {}): RunRecord => ({
  n,
  purpose: 'evaluation',
  class: 'g4',
  jobId: `job-${n}`,
  reason: null,
  billedSeconds: 10,
  costMicroUsd: 1_000,
  facts,
  ...changes,
});

export const jobOf = (jobId: string, runKey: string, changes: Partial<JobFact> = {}): JobFact => ({
  jobId,
  runKey,
  state: 'ended',
  startedAt: now - 3_600_000,
  exitCode: 0,
  billedSeconds: 10,
  ...changes,
});

export const workflowOf = (member: string, changes: Partial<WorkflowFact> = {}): WorkflowFact => ({
  workflowId: `submission:case:${member}`,
  member,
  canaryOf: undefined,
  sequence: 1,
  status: 'completed',
  outcome: 'finished',
  awaits: undefined,
  ...changes,
});

export const finished = (...runs: RunRecord[]): RecordedRound => ({ state: 'finished', reason: null, runs });

/**
 * An ended campaign in which everything holds. `a` lost a machine and was retried in its first round, and was evaluated again in a
 * second one, where a duplicate job found the run claimed; `b` was cancelled before it began; one canary opened the class.
 */
export function cleanCampaign(): CheckedFacts {
  const lost = runOf(1, { reason: 'spot-reclaimed', jobId: 'a1' });
  return {
    campaign: 'case',
    phase: 'ended',
    rounds: [
      { submission: 'a', sequence: 1 },
      { submission: 'b', sequence: 1 },
      { submission: 'a', sequence: 2 },
    ],
    records: new Map<string, RecordedRound[]>([
      ['a', [finished(lost, runOf(2, { jobId: 'a2' })), finished(runOf(3, { jobId: 'a3', billedSeconds: 12 }))]],
      ['b', [{ state: 'cancelled', reason: 'cancelled', runs: [] }]],
    ]),
    canaries: [{ class: 'g4', n: 1, jobId: 'c1', verdict: { kind: 'holds' }, billedSeconds: 5, costMicroUsd: 500 }],
    published: { a: { records: 2 }, b: { records: 1 } },
    workflows: [
      workflowOf('a'),
      workflowOf('a', { sequence: 2 }),
      workflowOf('_canary-g4', { workflowId: 'canary:case:g4:1', canaryOf: 'g4', outcome: undefined }),
    ],
    jobs: [
      jobOf('a1', 'case/a/1', { exitCode: null }),
      jobOf('a2', 'case/a/2'),
      jobOf('a3', 'case/a/3'),
      jobOf('a3-duplicate', 'case/a/3', { exitCode: 64, billedSeconds: 2 }),
      jobOf('c1', 'case/_canary-g4/1', { billedSeconds: 5 }),
    ],
    claims: new Map([
      ['case/a/1', 'a1'],
      ['case/a/2', 'a2'],
      ['case/a/3', 'a3'],
      ['case/_canary-g4/1', 'c1'],
    ]),
    outcomes: new Map([
      ['case/a/2', 'a2'],
      ['case/a/3', 'a3'],
      ['case/_canary-g4/1', 'c1'],
    ]),
    progress: undefined,
    containers: [],
    remains: [],
    changed: [],
    at: now,
  };
}

/** The same while `d` runs on a job and `e` waits for its turn. */
export function runningCampaign(): CheckedFacts {
  const clean = cleanCampaign();
  return {
    ...clean,
    phase: 'running',
    rounds: [...clean.rounds, { submission: 'd', sequence: 1 }, { submission: 'e', sequence: 1 }],
    published: {},
    workflows: [
      ...clean.workflows,
      workflowOf('d', { status: 'running', sequence: undefined, outcome: undefined, awaits: 'case/d/1' }),
    ],
    jobs: [...clean.jobs, jobOf('d1', 'case/d/1', { state: 'running', exitCode: null, billedSeconds: 0 })],
    claims: new Map([...clean.claims, ['case/d/1', 'd1']]),
    containers: [{ jobId: 'd1', runKey: 'case/d/1' }],
    progress: { open: 2, spent: 3_500 },
  };
}
