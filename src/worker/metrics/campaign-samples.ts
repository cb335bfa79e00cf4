import { stepsOfSubmissions } from '../../campaign/model/placement-step.ts';
import { responsibleParty, type Reason } from '../../campaign/model/reasons.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import type { Quantiles } from '../../campaign/random/quantiles.ts';
import type { CampaignMetricName } from './campaign-metrics.ts';
import type { CampaignReading } from './campaign-reader.ts';

/** One value of a metric; every metric also has the label `campaign`. */
export interface Sample {
  name: CampaignMetricName;
  labels: Record<string, string>;
  value: number;
}

/** The samples of a campaign. */
export const samplesOf = ({ progress, stuckSteps }: CampaignReading): Sample[] => [
  sample('holdout_campaign_up', progress !== undefined),
  ...(stuckSteps === undefined ? [] : [sample('holdout_campaign_stuck_steps', stuckSteps)]),
  ...(progress === undefined ? [] : progressSamples(progress)),
];

const progressSamples = (progress: CampaignProgress): Sample[] => [
  ...submissionSamples(progress),
  ...Object.entries(progress.classes).flatMap(([name, row]) => classSamples(name, row)),
  ...moneySamples(progress),
  ...operatorSamples(progress),
  ...timeSamples(progress),
];

const sample = (name: CampaignMetricName, value: number | boolean, labels: Record<string, string> = {}): Sample => ({
  name,
  labels,
  value: Number(value),
});

const usd = (microUsd: number): number => microUsd / 1_000_000;

/** A run or submission without a reason succeeded. */
const endLabels = (reason: Reason | null): { reason: string; party: string } =>
  reason === null ? { reason: 'none', party: 'none' } : { reason, party: responsibleParty(reason) };

const submissionSamples = ({ counts, reasons }: CampaignProgress): Sample[] => [
  ...Object.entries(counts).map(([state, count]) => sample('holdout_submissions', count, { state })),
  ...Object.entries(reasons).map(([reason, count]) =>
    sample('holdout_submissions_unsuccessful', count, endLabels(reason as Reason)),
  ),
];

function classSamples(name: string, row: CampaignProgress['classes'][string]): Sample[] {
  const ofClass = (metric: CampaignMetricName, value: number | boolean, labels: Record<string, string> = {}): Sample =>
    sample(metric, value, { class: name, ...labels });
  return [
    ...(row.ends ?? []).map(({ purpose, reason, count }) =>
      ofClass('holdout_runs', count, { purpose, ...endLabels(reason) }),
    ),
    ofClass('holdout_runs_waiting', row.waiting),
    ofClass('holdout_slots', row.slots),
    ofClass('holdout_slots_used', row.running),
    ofClass('holdout_spent_usd', usd(row.spent)),
    ofClass('holdout_class_blocked', row.held !== undefined),
    ofClass('holdout_class_short', row.short),
    ofClass('holdout_class_canary', row.canary !== undefined),
  ];
}

const moneySamples = ({ money, forecast }: CampaignProgress): Sample[] => [
  sample('holdout_budget_usd', usd(money.budget)),
  sample('holdout_rerun_reserve_usd', usd(money.rerunReserve)),
  sample('holdout_reserved_usd', usd(money.reserved)),
  ...(['probes', 'overhead', 'canaries'] as const).map((part) =>
    // Campaigns of older workers have no canaries.
    sample('holdout_spent_part_usd', usd(money[part] ?? 0), { part }),
  ),
  ...(forecast ? percentiles('holdout_forecast_spend_usd', forecast.spend, usd) : []),
];

const operatorSamples = ({ holds, closing, pausedTeams, stuck }: CampaignProgress): Sample[] => [
  ...(['budget', 'deadline', 'paused', 'slots', 'platform'] as const).map((reason) =>
    sample(
      'holdout_blocked',
      holds.some(({ hold }) => hold === reason),
      { reason },
    ),
  ),
  sample('holdout_closing', closing !== null),
  sample('holdout_paused_teams', pausedTeams.length),
  ...[...new Set([...stepsOfSubmissions, ...stuck.map(({ what }) => what)])].map((step) =>
    sample('holdout_stuck_submissions', stuck.filter(({ what }) => what === step).length, {
      step,
    }),
  ),
];

const timeSamples = ({ deadline, hurry, forecast }: CampaignProgress): Sample[] => [
  sample('holdout_deadline_timestamp_seconds', Date.parse(deadline) / 1000),
  sample('holdout_deadline_at_risk', hurry),
  ...(forecast ? percentiles('holdout_forecast_finish_timestamp_seconds', forecast.finish, (ms) => ms / 1000) : []),
];

const percentiles = (name: CampaignMetricName, { p10, p50, p90 }: Quantiles, scaled: (x: number) => number): Sample[] =>
  Object.entries({ 10: p10, 50: p50, 90: p90 }).map(([percentile, value]) =>
    sample(name, scaled(value), { percentile }),
  );
