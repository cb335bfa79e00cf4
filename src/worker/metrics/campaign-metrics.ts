/** A metric as Prometheus shows it. */
interface Metric {
  help: string;
  labels: readonly string[];
}

/**
 * What a campaign's workflow says about it, all as gauges: a campaign that restores its state from the records may count less
 * than before. No label names a team or a submission.
 */
export const campaignMetrics = {
  holdout_campaign_up: { help: 'Whether the campaign answers: 1, or 0.', labels: ['campaign'] },
  holdout_campaign_stuck_steps: {
    help: 'Steps of the campaign itself that failed three times or more; it does nothing else meanwhile.',
    labels: ['campaign'],
  },
  holdout_submissions: { help: 'Submissions by state, each once.', labels: ['campaign', 'state'] },
  holdout_submissions_unsuccessful: {
    help: 'Submissions that failed or were cancelled, by reason and responsible party.',
    labels: ['campaign', 'reason', 'party'],
  },
  holdout_runs: {
    help: 'Ended runs by class, purpose and reason; reason and party are "none" for those that succeeded.',
    labels: ['campaign', 'class', 'purpose', 'reason', 'party'],
  },
  holdout_runs_waiting: { help: 'Requested runs by the class that they prefer.', labels: ['campaign', 'class'] },
  holdout_slots: { help: 'Jobs that a class may have at a time.', labels: ['campaign', 'class'] },
  holdout_slots_used: { help: 'Granted runs of a class that have not ended.', labels: ['campaign', 'class'] },
  holdout_class_blocked: {
    help: 'Whether a platform fault blocks the class: 1, or 0.',
    labels: ['campaign', 'class'],
  },
  holdout_class_short: {
    help: 'Whether the class had no machine lately and is avoided: 1, or 0.',
    labels: ['campaign', 'class'],
  },
  holdout_class_canary: { help: 'Whether a canary runs on the class: 1, or 0.', labels: ['campaign', 'class'] },
  holdout_budget_usd: { help: 'The whole budget in US dollars.', labels: ['campaign'] },
  holdout_rerun_reserve_usd: {
    help: 'The part of the budget for evaluations after the first of a submission, in US dollars.',
    labels: ['campaign'],
  },
  holdout_spent_usd: { help: 'Cost of ended runs and canaries in US dollars.', labels: ['campaign', 'class'] },
  holdout_spent_part_usd: {
    help: 'The parts of the cost for probes, platform faults and canaries, in US dollars.',
    labels: ['campaign', 'part'],
  },
  holdout_reserved_usd: { help: 'Worst-case cost of the runs under way in US dollars.', labels: ['campaign'] },
  holdout_blocked: {
    help: 'Whether the campaign needs an operator for this reason: 1, or 0.',
    labels: ['campaign', 'reason'],
  },
  holdout_closing: { help: 'Whether the campaign starts nothing more: 1, or 0.', labels: ['campaign'] },
  holdout_paused_teams: { help: 'Teams that operators paused.', labels: ['campaign'] },
  holdout_stuck_submissions: {
    help: 'Submissions with a step that failed five times for no fault of theirs, by step; at most 50 in all.',
    labels: ['campaign', 'step'],
  },
  holdout_orphans: {
    help: 'Jobs, workflows and containers that nothing answers for, by kind, if two looks in a row saw them.',
    labels: ['campaign', 'kind'],
  },
  holdout_deadline_timestamp_seconds: { help: 'The deadline, as a Unix time.', labels: ['campaign'] },
  holdout_deadline_at_risk: {
    help: 'Whether more expensive classes are granted to meet the deadline: 1, or 0.',
    labels: ['campaign'],
  },
  holdout_forecast_finish_timestamp_seconds: {
    help: 'Forecast of the finish as a Unix time: percentile 10, 50 and 90. Absent until enough runs have ended.',
    labels: ['campaign', 'percentile'],
  },
  holdout_forecast_spend_usd: {
    help: 'Forecast of the whole cost in US dollars: percentile 10, 50 and 90. Absent until enough runs have ended.',
    labels: ['campaign', 'percentile'],
  },
} as const satisfies Record<string, Metric>;

export type CampaignMetricName = keyof typeof campaignMetrics;
