import { heldSlots, reservedMicroUsd, type CampaignState, type OpenSubmission } from './campaign-state.ts';
import { defaultPriority, type OperatorLine } from './operator-acts.ts';
import type { Reason } from './reasons.ts';
import { isWithinReach } from './scheduler.ts';

/** Why a campaign does not go on by itself; `slots`: operators left no slot on any class that would do. */
export type Hold = 'budget' | 'deadline' | 'paused' | 'slots';

/** The answer to the query `progress`: counts, money, what waits and why. Money in micro-dollars. */
export interface CampaignProgress {
  campaign: string;
  hold: Hold | null;
  closing: Reason | null;
  deadline: string;
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
  money: { budget: number; spent: number; reserved: number; probes: number; overhead: number };
  classes: Record<string, { slots: number; running: number; waiting: number; spent: number; short: boolean }>;
  pausedTeams: string[];
  /** Teams whose priority or weight is not the default one. */
  prioritised: { team: string; priority: number; weight: number }[];
  operatorsLog: OperatorLine[];
}

/** Summarises a campaign's state at `now` (ms). */
export function progressOf(campaign: string, state: CampaignState, now: number): CampaignProgress {
  const teams = Object.entries(state.teams);
  const open = Object.values(state.open);
  const inStage = (stage: OpenStage): number => open.filter((submission) => stageOf(submission) === stage).length;
  const submissions = teams.reduce((sum, [, team]) => sum + team.submissions, 0);
  const { finished, failed, cancelled } = state.counts;
  return {
    campaign,
    hold: holdOf(state, now) ?? null,
    closing: state.closing ?? null,
    deadline: state.deadline,
    submissions,
    counts: {
      queued: submissions - open.length - finished - failed - cancelled,
      preparing: inStage('preparing'),
      waiting: inStage('waiting'),
      running: inStage('running'),
      scoring: inStage('scoring'),
      finished,
      failed,
      cancelled,
    },
    reasons: state.reasons,
    money: {
      budget: state.money.budget,
      spent: state.money.spent,
      reserved: reservedMicroUsd(state),
      probes: state.money.probes,
      overhead: state.money.overhead,
    },
    classes: classesOf(state, now),
    pausedTeams: teams.filter(([, team]) => team.paused).map(([name]) => name),
    prioritised: teams
      .filter(([, team]) => team.priority !== defaultPriority || team.weight !== 1)
      .map(([team, { priority, weight }]) => ({ team, priority, weight })),
    operatorsLog: state.operatorsLog,
  };
}

type OpenStage = 'preparing' | 'waiting' | 'running' | 'scoring';

function stageOf({ preparing, request, grant }: OpenSubmission): OpenStage {
  if (grant) return 'running';
  if (request) return 'waiting';
  return preparing ? 'preparing' : 'scoring';
}

/**
 * Whether a campaign waits for an operator once everything was decided: all that is open waits for a run, and none can be
 * granted because the campaign or the teams are paused, the deadline has passed, or money or slots are used up.
 */
export function holdOf(state: CampaignState, now: number): Hold | undefined {
  const open = Object.values(state.open);
  if (state.closing || isDone(state) || open.some((submission) => stageOf(submission) !== 'waiting')) return undefined;
  if (state.paused) return 'paused';
  if (now >= Date.parse(state.deadline)) return 'deadline';
  const waiting = open.flatMap(({ team, request }) => (request && !state.teams[team]?.paused ? [request] : []));
  if (waiting.length === 0) return holdOfStarts(state);
  const options = waiting.flatMap((request) => request.options);
  if (options.some((option) => isWithinReach(state, option))) return undefined;
  return options.some((option) => (state.slots[option.class] ?? 0) > 0) ? 'budget' : 'slots';
}

/** Why nothing more is started, when nothing that could run is open. */
function holdOfStarts(state: CampaignState): Hold | undefined {
  const startable = Object.values(state.teams).some(({ next, submissions, paused }) => next < submissions && !paused);
  if (!startable) return 'paused';
  return Object.values(state.slots).some((slots) => slots > 0) ? undefined : 'slots';
}

/** Every submission was started and has reported its end. */
export const isDone = (state: CampaignState): boolean =>
  Object.keys(state.open).length === 0 &&
  (state.closing !== undefined || Object.values(state.teams).every(({ next, submissions }) => next >= submissions));

function classesOf(state: CampaignState, now: number): CampaignProgress['classes'] {
  const held = heldSlots(state);
  const waiting = Object.values(state.open).flatMap(({ request }) => request?.options[0]?.class ?? []);
  return Object.fromEntries(
    Object.entries(state.slots).map(([name, slots]) => [
      name,
      {
        slots,
        running: held[name] ?? 0,
        waiting: waiting.filter((wanted) => wanted === name).length,
        spent: state.money.byClass[name] ?? 0,
        short: (state.shortUntil[name] ?? 0) > now,
      },
    ]),
  );
}
