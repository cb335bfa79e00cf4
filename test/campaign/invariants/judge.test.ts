import assert from 'node:assert/strict';
import { breachText } from '../../../src/campaign/invariants/breach-text.ts';
import type { CheckedFacts } from '../../../src/campaign/invariants/facts.ts';
import { forgotten } from '../../../src/campaign/invariants/forgotten.ts';
import { confirmedJudgement, judge, unjudged } from '../../../src/campaign/invariants/judge.ts';
import { finished, jobOf, runningCampaign, runOf, workflowOf } from './clean-campaign.ts';
import { leftPlants } from './left-plants.ts';
import { lostPlants } from './lost-plants.ts';
import { paidPlants } from './paid-plants.ts';
import { clean, first, withJob, withRecords, type Kind, type Plant } from './plant.ts';

const running = runningCampaign();

/** Every kind of breach; a kind without a plant does not compile. */
const plants: Record<Kind, Plant[]> = { ...lostPlants, ...paidPlants, ...leftPlants };

describe('the invariants of a campaign', () => {
  it('hold when everything is as it should be', () => {
    assert.deepEqual(judge(clean), {
      verdicts: { I1: 'holds', I2: 'holds', I3: 'holds', I4: 'holds' },
      breaches: [],
      orphans: { jobsWithoutWorkflow: [], workflowsWithoutJob: [], containersWithoutClaim: [] },
    });
  });

  it('hold while the campaign runs, but for the last, which is not judged', () => {
    const { verdicts, breaches } = judge(running);
    assert.deepEqual([verdicts, breaches], [{ I1: 'holds', I2: 'holds', I3: 'holds', I4: 'not judged' }, []]);
  });

  for (const [kind, ofKind] of Object.entries(plants)) {
    for (const [what, facts, found, words] of ofKind) {
      it(`${kind}: ${what}`, () => {
        const { breaches, verdicts } = judge(facts);
        assert.deepEqual(breaches, found);
        assert.ok(
          found.some((breach) => breach.kind === kind),
          'the plant is of its kind',
        );
        for (const { invariant } of found) assert.equal(verdicts[invariant], 'broken');
        assert.match(found.map(breachText).join('\n'), words);
      });
    }
  }
});

describe('what is no breach', () => {
  const holds = (facts: CheckedFacts): void => assert.deepEqual(judge(facts).breaches, []);

  it('is what Batch or Temporal have forgotten, which is said', () => {
    assert.deepEqual(forgotten(clean), []);
    const facts = { ...clean, jobs: [], workflows: [] };
    holds(facts);
    assert.deepEqual(forgotten(facts), [
      '4 jobs of the ledger, which Batch no longer knows',
      'the workflows of 1 submission, which Temporal no longer has',
    ]);
  });

  it('is a claim whose job only Batch has forgotten', () => {
    const jobs = clean.jobs.filter(({ jobId }) => jobId !== 'a3').map((job) => ({ ...job, billedSeconds: 0 }));
    assert.deepEqual(
      judge({ ...clean, jobs }).breaches.filter(({ kind }) => kind === 'claim-of-stranger'),
      [],
    );
  });

  it('is a publication of an older version, which names no records', () => holds({ ...clean, published: undefined }));

  it('is a workflow of an older version, which says no outcome, or one that was terminated', () => {
    const others = [
      workflowOf('b', { outcome: undefined }),
      workflowOf('b', { status: 'failed', sequence: undefined }),
    ];
    holds({ ...clean, workflows: [...clean.workflows, ...others] });
  });

  it('is a duplicate that found the run claimed, or that never started', () => {
    const never = { exitCode: null, billedSeconds: 0 };
    holds({ ...clean, jobs: [...clean.jobs, jobOf('x', 'case/a/2', { ...never, startedAt: null })] });
  });

  it('is a worst case, booked for a run whose job Batch did not know', () => {
    const { facts: _unknown, ...run } = runOf(3, { jobId: 'a3', billedSeconds: 9_999, reason: 'cancelled' });
    holds({ ...clean, records: withRecords('a', first, { state: 'finished', reason: null, runs: [run] }) });
  });

  it('is an evaluation after a probe, and a probe after another', () => {
    const probe = (n: number) => runOf(n, { jobId: `a${n}`, purpose: 'probe' });
    const runs = [probe(1), probe(2), runOf(3, { jobId: 'a3', billedSeconds: 12 })];
    holds({
      ...clean,
      rounds: clean.rounds.slice(0, 2),
      workflows: clean.workflows.filter(({ sequence, canaryOf }) => sequence === 1 || canaryOf !== undefined),
      records: withRecords('a', finished(...runs)),
    });
  });

  it('is, in a stopped campaign, an open round that its own workflow still works on', () => {
    holds({ ...running, phase: 'stopped', rounds: running.rounds.slice(0, 4), progress: undefined });
  });

  it('is money that a running campaign spent on rounds without a record', () => {
    holds({ ...running, progress: { open: 3, spent: 99_000 } });
  });
});

describe('two looks', () => {
  const judged = judge(clean);

  it('confirm only what both found', () => {
    const [one, other] = [judge(withJob(jobOf('x', 'case/b/1'))), judge(withJob(jobOf('y', 'case/b/1')))];
    assert.deepEqual(confirmedJudgement(clean, one, other).breaches, []);
    assert.deepEqual(confirmedJudgement(clean, one, judged).breaches, []);
    const both = confirmedJudgement(clean, one, one);
    assert.deepEqual(both.breaches, one.breaches);
    assert.deepEqual([both.verdicts.I3, both.verdicts.I4], ['broken', 'broken']);
    assert.deepEqual(confirmedJudgement(clean, one, other).verdicts, judged.verdicts);
  });

  it('confirm an amount that is wrong in both, whatever it is', () => {
    const spent = (amount: number) => judge({ ...running, progress: { open: 2, spent: amount } });
    assert.deepEqual(confirmedJudgement(running, spent(1), spent(2)).breaches, spent(2).breaches);
  });

  it('confirm orphans in the same way', () => {
    const orphan = judge({ ...running, workflows: clean.workflows });
    assert.equal(orphan.orphans.jobsWithoutWorkflow.length, 1);
    assert.deepEqual(confirmedJudgement(running, orphan, orphan).orphans, orphan.orphans);
    assert.deepEqual(confirmedJudgement(running, judge(running), orphan).orphans, judge(running).orphans);
  });
});

describe('a record that cannot be understood', () => {
  it('is broken where an object is changed, and not judged elsewhere', () => {
    const { verdicts, breaches } = unjudged([{ part: 'record', bucket: 'results', key: 'case/', what: 'not JSON' }]);
    assert.deepEqual(verdicts, { I1: 'not judged', I2: 'broken', I3: 'not judged', I4: 'not judged' });
    assert.equal(breaches.length, 1);
  });
});
