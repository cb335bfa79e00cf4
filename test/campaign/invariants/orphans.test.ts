import assert from 'node:assert/strict';
import type { CheckedFacts } from '../../../src/campaign/invariants/facts.ts';
import { judge } from '../../../src/campaign/invariants/judge.ts';
import { cleanCampaign, jobOf, now, runningCampaign } from './clean-campaign.ts';

const [clean, running] = [cleanCampaign(), runningCampaign()];

describe('orphans', () => {
  const none = { jobsWithoutWorkflow: [], workflowsWithoutJob: [], containersWithoutClaim: [] };

  it('are none while every job has its workflow, every workflow its job, and every container its claim', () => {
    assert.deepEqual(judge(running).orphans, none);
  });

  it('are a job without a workflow, also of a canary', () => {
    const canary = jobOf('c2', 'case/_canary-g4/2', { state: 'waiting', startedAt: null });
    assert.deepEqual(
      judge({ ...running, jobs: [...running.jobs, canary], workflows: clean.workflows }).orphans.jobsWithoutWorkflow,
      [
        { job: 'd1', run: 'case/d/1' },
        { job: 'c2', run: 'case/_canary-g4/2' },
      ],
    );
  });

  it('are a workflow that waits for a job which Batch does not know', () => {
    assert.deepEqual(judge({ ...running, jobs: clean.jobs }).orphans, {
      ...none,
      workflowsWithoutJob: [{ workflow: 'submission:case:d', run: 'case/d/1' }],
    });
  });

  it('are a container without the claim, and a job in Batch that works for long without it, once each', () => {
    const unclaimed: CheckedFacts = { ...running, claims: clean.claims };
    assert.deepEqual(judge(unclaimed).orphans.containersWithoutClaim, [{ job: 'd1', run: 'case/d/1' }]);
    assert.deepEqual(judge({ ...unclaimed, containers: [] }).orphans.containersWithoutClaim, [
      { job: 'd1', run: 'case/d/1' },
    ]);
    const early = running.jobs.map((job) => ({ ...job, startedAt: now - 60_000 }));
    assert.deepEqual(judge({ ...unclaimed, containers: [], jobs: early }).orphans, none);
  });
});
