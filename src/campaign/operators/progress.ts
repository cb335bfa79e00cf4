import type { CampaignState } from '../state/campaign-state.ts';
import type { ClassCanary } from '../state/canaries.ts';
import { ClassCostModel } from '../state/class-cost-model.ts';
import type { Forecast } from '../forecasting/forecast.ts';
import { blockedReasonOf, blockersOf, type Blocker, type BlockedReason } from '../scheduling/blocked-reason.ts';
import type { Reason } from '../model/reasons.ts';
import { mostStuck } from '../state/stuck-limit.ts';
import type { ReadOnly } from '../state/read-only.ts';
import type { OperatorLogLine } from '../state/operators-log.ts';
import type { RunEnds } from '../state/run-statistics.ts';
import { defaultTreatment } from '../state/team-settings.ts';
import { usageOf } from '../scheduling/usage.ts';
import type { OffSpot, StuckStep } from '../model/messages.ts';
import { stageOf } from '../scheduling/open-stage.ts';

/** The result of the query `progress`. Money in micro-dollars. */
export interface CampaignProgress {
  campaign: string;
  hold: BlockedReason | null;
  /** Everything that blocks the campaign. */
  holds: Blocker[];
  closing: Reason | null;
  deadline: string;
  /** The deadline is at risk: more expensive classes are granted. */
  hurry: boolean;
  /** Null until enough runs have ended. */
  forecast: Forecast | null;
  /** Each submission once, and once more while a later round of it is not final. */
  submissions: number;
  counts: {
    queued: number;
    preparing: number;
    waiting: number;
    running: number;
    /** Between its last run and its report. */
    scoring: number;
    finished: number;
    failed: number;
    cancelled: number;
  };
  reasons: Partial<Record<Reason, number>>;
  money: {
    budget: number;
    rerunReserve: number;
    spent: number;
    reserved: number;
    probes: number;
    overhead: number;
    canaries: number;
  };
  classes: Record<string, ClassProgress>;
  pausedTeams: string[];
  /** Teams whose priority or weight is not the default one. */
  prioritised: { team: string; priority: number; weight: number }[];
  /** Runs on on-demand classes although Spot was preferred, at most {@link mostStuck}; absent: none. */
  offSpot?: OffSpotRun[];
  /** Submissions with a step that is retried again and again, longest first. */
  stuck: (StuckStep & { submission: string; class?: string })[];
  operatorsLog: readonly OperatorLogLine[];
}

/** A run that was not granted on Spot. `lost`: machines that were taken from its submission. */
export interface OffSpotRun {
  submission: string;
  class: string;
  reason: OffSpot;
  lost: number;
}

interface ClassProgress {
  slots: number;
  running: number;
  waiting: number;
  spent: number;
  short: boolean;
  /** Blocked: the same platform fault ended the last runs. `since` in ms. */
  held?: { cause: string; since: number; byCanary?: true };
  /** The canary that runs on the class. */
  canary?: Pick<ClassCanary, 'n' | 'stuck' | 'faults'> & { since: number };
  /** Not blocked, but a platform fault ended the last runs: `count` of them since about `since` (ms). */
  fault?: { cause: string; count: number; since?: number };
  /** No run has worked on the class yet, which limits its runs at a time. */
  unproven?: true;
  /** Ended evaluations, the number of them out of GPU memory, and their duration relative to the prediction. */
  ended: number;
  outOfMemory: number;
  times: number;
  /** Ended runs by purpose and reason; absent in progress of older workers. */
  ends?: RunEnds[];
}

/** Summarises a campaign's state at `now` (ms). */
export function progressOf(
  campaign: string,
  state: CampaignState,
  forecast: Forecast | null,
  now: number,
): CampaignProgress {
  const { counts, treatments } = state;
  const usage = usageOf(state);
  const stages = { preparing: 0, waiting: 0, running: 0, scoring: 0 };
  for (const open of state.open.values()) stages[stageOf(open)] += 1;
  const queued = state.rounds.reduce((sum, _, team) => sum + state.roundsLeft(team), 0);
  const ended = counts.finished + counts.failed + counts.cancelled;
  return {
    campaign,
    hold: blockedReasonOf(state, now) ?? null,
    holds: blockersOf(state, now),
    closing: state.closing ?? null,
    deadline: state.deadline,
    hurry: state.deadlineAtRisk,
    forecast,
    submissions: queued + state.open.size + ended,
    counts: { queued, ...stages, ...counts },
    reasons: state.reasons,
    money: moneyOf(state, usage.reserved),
    classes: classesOf(state, usage.runsByClass, now),
    pausedTeams: [...treatments.values()].filter(({ paused }) => paused).map(({ team }) => team),
    prioritised: [...treatments.values()]
      .filter(({ priority, weight }) => priority !== defaultTreatment.priority || weight !== defaultTreatment.weight)
      .map(({ team, priority, weight }) => ({ team, priority, weight })),
    ...offSpotOf(state),
    stuck: stuckOf(state),
    operatorsLog: state.operatorsLog,
  };
}

const moneyOf = ({ money }: CampaignState, reserved: number): CampaignProgress['money'] => ({
  budget: money.budget,
  rerunReserve: Math.ceil(money.budget * money.reserveShare),
  spent: money.spent,
  reserved,
  probes: money.probes,
  overhead: money.overhead,
  canaries: money.canaries,
});

function offSpotOf({ open }: CampaignState): Pick<CampaignProgress, 'offSpot'> {
  const runs = [...open].flatMap(([submission, { grant, machinesLost }]): OffSpotRun[] =>
    grant?.offSpot ? [{ submission, class: grant.class, reason: grant.offSpot, lost: machinesLost }] : [],
  );
  return runs.length === 0 ? {} : { offSpot: runs.slice(0, mostStuck) };
}

const stuckOf = ({ open }: CampaignState): CampaignProgress['stuck'] =>
  [...open]
    .flatMap(([submission, { stuck, grant }]) =>
      stuck ? [{ submission, ...stuck, ...(grant && { class: grant.class }) }] : [],
    )
    .sort((a, b) => a.since - b.since)
    .slice(0, mostStuck);

function canaryOf(canary: ReadOnly<ClassCanary> | undefined): Pick<ClassProgress, 'canary'> {
  if (canary?.since === undefined) return {};
  const { n, since, stuck, faults } = canary;
  return { canary: { n, since, ...(stuck && { stuck }), ...(faults && { faults }) } };
}

function classesOf(state: CampaignState, running: Record<string, number>, now: number): CampaignProgress['classes'] {
  const waiting = [...state.open.values()].flatMap(({ request }) => request?.options[0]?.class ?? []);
  const costModel = new ClassCostModel(state);
  const classes = Object.entries(state.slots).map(([name, slots]): [string, ClassProgress] => {
    const held = state.faults.blockOf(name);
    const fault = state.faults.faultOf(name);
    return [
      name,
      {
        slots,
        running: running[name] ?? 0,
        waiting: waiting.filter((preferred) => preferred === name).length,
        spent: state.money.byClass[name] ?? 0,
        short: (state.shortUntil[name] ?? 0) > now,
        ...(held && { held }),
        ...canaryOf(state.canaries.byClass[name]),
        ...(fault && { fault }),
        ...(state.faults.faultsOfUnproven(name) !== undefined && { unproven: true as const }),
        ...costModel.memoryOutcomesOn(name),
        times: costModel.factorOf(name),
        ends: state.statistics.endsOn(name),
      },
    ];
  });
  return Object.fromEntries(classes);
}
