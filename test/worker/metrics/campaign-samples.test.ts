import assert from 'node:assert/strict';
import { progressOf, type CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import { stepsOfSubmissions } from '../../../src/campaign/model/placement-step.ts';
import { campaignMetrics, type CampaignMetricName } from '../../../src/worker/metrics/campaign-metrics.ts';
import { samplesOf } from '../../../src/worker/metrics/campaign-samples.ts';
import { bookedState, now, settlement } from '../../campaign/state/state-samples.ts';

/** Ended runs of each kind, one running, one waiting. */
function progress(change: Partial<CampaignProgress> = {}): CampaignProgress {
  const state = bookedState();
  state.settle(settlement(1, 70, { reason: 'gpu-out-of-memory' }));
  return { ...progressOf('case', state, null, now), ...change };
}

/** The values of a metric by its labels, `class=g4 reason=none`. */
const valuesOf = (given: CampaignProgress | undefined, metric: CampaignMetricName): Record<string, number> =>
  Object.fromEntries(
    samplesOf({ progress: given, stuckSteps: 0 })
      .filter(({ name }) => name === metric)
      .map(({ labels, value }) => [
        Object.entries(labels)
          .map(([label, text]) => `${label}=${text}`)
          .join(' '),
        value,
      ]),
  );

describe('the metrics of a campaign', () => {
  it('have the labels that their list names, and each series once', () => {
    const forecast = { finish: { p10: 1, p50: 2, p90: 3 }, spend: { p10: 1, p50: 2, p90: 3 } };
    const read = progress({ forecast: forecast as unknown as CampaignProgress['forecast'] });
    const samples = samplesOf({ progress: read, stuckSteps: 0 });
    const found = new Set(samples.map(({ name }) => name));
    const missing = Object.keys(campaignMetrics).filter((name) => !found.has(name as CampaignMetricName));
    // Nothing has failed, and orphans are no part of a campaign's progress.
    assert.deepEqual(missing, ['holdout_submissions_unsuccessful', 'holdout_orphans']);
    for (const { name, labels } of samples)
      assert.deepEqual(['campaign', ...Object.keys(labels)].sort(), [...campaignMetrics[name].labels].sort(), name);
    const series = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    assert.equal(new Set(series).size, series.length);
  });

  it('say of a campaign that does not answer only that, and at how many steps it is stuck', () => {
    const silent = { name: 'holdout_campaign_up', labels: {}, value: 0 };
    assert.deepEqual(samplesOf({ progress: undefined, stuckSteps: undefined }), [silent]);
    const stuck = { name: 'holdout_campaign_stuck_steps', labels: {}, value: 1 };
    assert.deepEqual(samplesOf({ progress: undefined, stuckSteps: 1 }), [silent, stuck]);
  });

  it('count each submission in one state', () => {
    const { counts, submissions } = progress();
    const values = valuesOf(progress(), 'holdout_submissions');
    assert.equal(Object.keys(values).length, 8);
    assert.equal(values['state=waiting'], counts.waiting);
    assert.equal(
      Object.values(values).reduce((sum, count) => sum + count, 0),
      submissions,
    );
  });

  it('count ended runs by class, purpose and reason, with the responsible party', () => {
    assert.deepEqual(valuesOf(progress(), 'holdout_runs'), {
      'class=g4 purpose=probe reason=none party=none': 1,
      'class=g4 purpose=evaluation reason=gpu-out-of-memory party=team': 1,
    });
    const older = progress();
    for (const row of Object.values(older.classes)) delete row.ends;
    assert.deepEqual(valuesOf(older, 'holdout_runs'), {}, 'an older worker does not count them');
  });

  it('are in dollars and seconds', () => {
    const quantiles = { p10: 1_000_000, p50: 2_000_000, p90: 3_500_000 };
    const forecast = { finish: quantiles, spend: quantiles } as unknown as CampaignProgress['forecast'];
    const given = progress({ forecast, deadline: '2026-01-02T00:00:00Z' });
    assert.deepEqual(valuesOf(given, 'holdout_forecast_spend_usd'), {
      'percentile=10': 1,
      'percentile=50': 2,
      'percentile=90': 3.5,
    });
    assert.equal(valuesOf(given, 'holdout_forecast_finish_timestamp_seconds')['percentile=90'], 3_500);
    assert.deepEqual(valuesOf(given, 'holdout_deadline_timestamp_seconds'), { '': 1_767_312_000 });
    assert.deepEqual(valuesOf(given, 'holdout_spent_usd'), { 'class=g4': 0.000_11, 'class=p3': 0 });
    assert.deepEqual(valuesOf(given, 'holdout_budget_usd'), { '': 0.001 });
  });

  it('have no forecast before there is one', () => {
    assert.deepEqual(valuesOf(progress({ forecast: null }), 'holdout_forecast_spend_usd'), {});
  });

  it('show a step that nobody is stuck at as 0, and one that the list does not know', () => {
    const none = valuesOf(progress(), 'holdout_stuck_submissions');
    assert.deepEqual(none, Object.fromEntries(stepsOfSubmissions.map((step) => [`step=${step}`, 0])));
    const stuckAt = (what: string) => ({ submission: 's', what, cause: 'c', tries: 5, since: now });
    const stuck = valuesOf(
      progress({ stuck: [stuckAt('pullImage'), stuckAt('pullImage'), stuckAt('later')] }),
      'holdout_stuck_submissions',
    );
    assert.deepEqual(stuck, { ...none, 'step=pullImage': 2, 'step=later': 1 });
  });

  it('show each reason of a block, which goes when the block goes', () => {
    const reasonsOf = (holds: CampaignProgress['holds']): string[] =>
      Object.entries(valuesOf(progress({ holds }), 'holdout_blocked')).flatMap(([labels, value]) =>
        value === 1 ? [labels] : [],
      );
    assert.deepEqual(reasonsOf([]), []);
    assert.deepEqual(reasonsOf([{ hold: 'deadline' }, { hold: 'paused' }, { hold: 'paused', teams: ['t'] }]), [
      'reason=deadline',
      'reason=paused',
    ]);
  });

  it('name no submission and no team', () => {
    const read = progress({
      pausedTeams: ['the-team'],
      stuck: [{ submission: 'the-submission', what: 'pullImage', cause: 'the-cause', tries: 5, since: now }],
      holds: [{ hold: 'platform', class: 'g4', cause: 'the-cause' }],
    });
    const text = JSON.stringify(samplesOf({ progress: read, stuckSteps: 1 }));
    assert.doesNotMatch(text, /the-/);
  });
});
