import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import { eventually } from '../../support/eventually.ts';
import { MonitoredCampaign } from '../../support/campaigns/monitored-campaign.ts';
import { expressions, metricNamesIn, namesInScrape } from '../../support/monitoring.ts';

/** Made by Prometheus itself. */
const ofPrometheus = ['up'];

describe('the metrics of a running campaign', function () {
  this.timeout(300_000);
  const campaign = new MonitoredCampaign();
  const scrapes = { worker: '', workerSdk: '', scorer: '', scorerSdk: '' };
  let progress: CampaignProgress;

  before(async () => {
    await campaign.open();
    progress = await campaign.home.progress();
    for (const place of Object.keys(scrapes) as (keyof typeof scrapes)[]) scrapes[place] = await campaign.scrape(place);
  });
  after(() => campaign.remove());

  const valueOf = (series: string): number => {
    const line = scrapes.worker.split('\n').find((one) => one.startsWith(`${series} `));
    assert.ok(line, `the worker has ${series}`);
    return Number(line.slice(series.length + 1));
  };

  it('are all that the dashboard and the alerts name', () => {
    const scraped = namesInScrape(Object.values(scrapes).join('\n'));
    assert.ok(scraped.has('holdout_campaign_up') && scraped.has('temporal_num_pollers'), 'both endpoints answer');
    const named = new Set(expressions().flatMap(metricNamesIn));
    assert.ok(named.size > 25, `${named.size} names`);
    assert.deepEqual(
      [...named].filter((name) => !scraped.has(name) && !ofPrometheus.includes(name)),
      [],
    );
  });

  it('say what its workflow says', () => {
    const ofCampaign = 'campaign="steered"';
    assert.equal(valueOf(`holdout_campaign_up{${ofCampaign}}`), 1);
    for (const [state, count] of Object.entries(progress.counts))
      assert.equal(valueOf(`holdout_submissions{${ofCampaign},state="${state}"}`), count, state);
    const failed = 'reason="submission-error",party="team"';
    assert.equal(valueOf(`holdout_submissions_unsuccessful{${ofCampaign},${failed}}`), 1);
    assert.equal(valueOf(`holdout_reserved_usd{${ofCampaign}}`), progress.money.reserved / 1e6);
    assert.equal(valueOf(`holdout_budget_usd{${ofCampaign}}`), 1_000);
    const spent = ['g4', 'p3'].map((name) => valueOf(`holdout_spent_usd{${ofCampaign},class="${name}"}`));
    assert.ok(Math.abs(spent.reduce((sum, usd) => sum + usd, 0) - progress.money.spent / 1e6) < 1e-9, String(spent));
    assert.equal(valueOf(`holdout_slots_used{${ofCampaign},class="g4"}`), progress.classes['g4']?.running);
    assert.ok(valueOf('holdout_aws_calls_total{service="batch",operation="SubmitJob",result="answered"}') >= 9);
  });

  it('count every run of the campaign by its end', () => {
    const runs = [...scrapes.worker.matchAll(/^holdout_runs\{.*purpose="(\w+)",reason="([\w-]+)".* (\d+)$/gm)];
    const sum = (isMeant: (purpose?: string, reason?: string) => boolean): number =>
      runs.reduce((total, [, purpose, reason, count]) => total + (isMeant(purpose, reason) ? Number(count) : 0), 0);
    assert.equal(
      sum((purpose, reason) => purpose === 'evaluation' && reason === 'none'),
      7,
    );
    assert.ok(sum((purpose, reason) => purpose === 'evaluation' && reason === 'submission-error') >= 1, 'one crashed');
    assert.ok(sum((purpose) => purpose === 'probe') >= 1, 'probes count too');
  });

  it('name no team and no submission, by name or by pseudonym', () => {
    for (const [place, text] of Object.entries(scrapes)) {
      assert.ok(text.length > 1_000, `${place} has ${text.length} characters`);
      assert.doesNotMatch(text, /canary-\d|ZZ Canary|model-\d|team-/i);
    }
  });

  it('count no orphan, and then a job that no workflow asked for', async () => {
    const none = { 'job-without-workflow': 0, 'workflow-without-job': 0, 'container-without-claim': 0 };
    assert.deepEqual(await campaign.orphans(), none);
    const jobId = await campaign.plantJob();
    const counts = async () => (await campaign.orphans()) ?? {};
    const within = { withinMs: 90_000, everyMs: 1_000 };
    await eventually('the planted job is counted', async () => (await counts())['job-without-workflow'] === 1, within);
    await campaign.home.batch.send(new TerminateJobCommand({ jobId, reason: 'planted' }));
    await eventually('it has gone', async () => (await counts())['job-without-workflow'] === 0, within);
    assert.deepEqual(await campaign.orphans(), none);
  });

  it('say that the campaign itself is stuck, while it is', async () => {
    const stuckSteps = async (): Promise<number> =>
      Number(/^holdout_campaign_stuck_steps\{campaign="steered"\} (\d+)$/m.exec(await campaign.scrape('worker'))?.[1]);
    assert.equal(await stuckSteps(), 0);
    const { home } = campaign;
    const results = join(home.folder, 's3', 'holdout-results');
    renameSync(results, `${results}.away`);
    try {
      // It records the command before it does anything else.
      await home.temporal.workflow.getHandle('campaign:steered').signal('resumeCampaign', { reason: 'a test' });
      const within = { withinMs: 90_000, everyMs: 1_000 };
      await eventually('a step is stuck', async () => (await stuckSteps()) === 1, within);
    } finally {
      renameSync(`${results}.away`, results);
    }
    await eventually('it goes on', async () => (await stuckSteps()) === 0, { withinMs: 120_000, everyMs: 1_000 });
  });

  it('tell the scorer’s process and calls, and of no campaign', () => {
    const scorer = namesInScrape(scrapes.scorer);
    assert.ok(scorer.has('holdout_aws_calls_total') && scorer.has('process_resident_memory_bytes'), 'its own');
    assert.ok(!scorer.has('holdout_campaign_up'), 'one query per worker of the queue main');
  });
});
