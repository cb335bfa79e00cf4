import { heldSlots, reservedMicroUsd, type CampaignState, type OpenSubmission } from './campaign-state.ts';
import type { OperatorLine } from './operator-acts.ts';
import type { Reason } from './reasons.ts';

/** Why a campaign does not go on by itself. */
export type Hold = 'budget' | 'deadline' | 'paused';

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
  const count = (test: (submission: OpenSubmission) => unknown): number => open.filter(test).length;
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
      preparing: count(({ preparing, grant, request }) => preparing && !grant && !request),
      waiting: count(({ request, grant }) => request && !grant),
      running: count(({ grant }) => grant),
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
      .filter(([, team]) => team.priority !== 3 || team.weight !== 1)
      .map(([team, { priority, weight }]) => ({ team, priority, weight })),
    operatorsLog: state.operatorsLog,
  };
}

/**
 * Whether a campaign waits for an operator: it is paused, past its deadline, or no request that waits fits into what is
 * left of the budget, and nothing that could change this is under way.
 */
export function holdOf(state: CampaignState, now: number): Hold | undefined {
  const open = Object.values(state.open);
  if (state.closing || isDone(state) || open.some(({ grant }) => grant)) return undefined;
  if (state.paused) return 'paused';
  if (now >= Date.parse(state.deadline)) return 'deadline';
  if (open.length === 0 || open.some(({ request }) => !request)) return undefined;
  const left = state.money.budget - state.money.spent;
  const fits = open.some(({ request }) => request?.options.some(({ worst }) => worst <= left));
  return fits ? undefined : 'budget';
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
