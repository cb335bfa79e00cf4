/**
 * `node --import tsx bench/scheduler.ts`: how long one scheduling decision takes with 2,300 and with 50,000 teams and
 * 1,500 open submissions. Takes seconds.
 */
import { performance } from 'node:perf_hooks';
import type { CampaignState } from '../src/campaign/state/campaign-state.ts';
import { optionOn } from '../src/campaign/evaluation/class-choice.ts';
import { decodeState, encodeState } from '../src/campaign/state/state-encoding.ts';
import { initialState } from '../src/campaign/state/initial-state.ts';
import { decide } from '../src/campaign/scheduling/scheduler.ts';
import type { StartLimits } from '../src/campaign/scheduling/starts.ts';
import { caseCampaign, classes, limits } from '../test/campaign/samples.ts';
import { keepResult, quantile } from './support/results.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const rules = { classes, limits };
const open = 1_500;
const rounds = 400;
const warmUp = 50;

interface Situation {
  what: string;
  prepare: (teams: number, slotsFold: number) => CampaignState;
  startLimits: StartLimits;
}

const noStarts = { preparing: 0, open: 0, perTeam: 2 };
const oneStart = { preparing: 200, open: open + 1, perTeam: 2 };
const starts = { preparing: 200, open: open + 200, perTeam: 2 };

const situations: Situation[] = [
  {
    what: 'one slot becomes free',
    prepare: (...size) => withFreeSlots(waitingState(...size), 1),
    startLimits: oneStart,
  },
  { what: 'all slots are free at once', prepare: waitingState, startLimits: noStarts },
  {
    what: 'room for all preparing submissions',
    prepare: (...size) => withFreeSlots(waitingState(...size), 0),
    startLimits: starts,
  },
  {
    what: 'every other team is paused',
    prepare: (...size) => halfPaused(waitingState(...size)),
    startLimits: oneStart,
  },
  {
    what: 'the budget is enough for few runs',
    prepare: (...size) => withSmallBudget(waitingState(...size)),
    startLimits: starts,
  },
  {
    what: 'expedited grants, the expensive class is free',
    prepare: (...size) => expedited(waitingState(...size)),
    startLimits: starts,
  },
];

/** 1,500 submissions of at most as many teams wait for an evaluation, and nothing is running. */
function waitingState(teams: number, slotsFold: number): CampaignState {
  const frozen = caseCampaign({
    budget: { microUsd: 1e13, rerunReserveShare: 0.1 },
    instanceClasses: classes.map((one) => ({ ...one, slots: one.slots * slotsFold })),
  });
  const counts = Array.from({ length: teams }, () => 2);
  const weights = counts.flatMap((_, team) => (team % 50 === 0 ? [{ team, name: `team-${team}`, weight: 2 }] : []));
  const state = initialState(frozen, { workLists: ['all'], rounds: counts, started: counts.map(() => 0), weights });
  for (let n = 0; n < open; n += 1) {
    const team = (n * 7) % teams;
    state.takeNextRound(team);
    state.start(`sub-${n}`, team, 1);
    const options = classes.map((on, place) => optionOn(rules, on, 9_000 + ((n * 31 + place) % 9_000)));
    options.sort((a, b) => a.expected - b.expected);
    state.request({ submission: `sub-${n}`, n: 1, purpose: 'evaluation', rerun: false, options });
  }
  return state;
}

/** All possible runs have a grant, except `free` of them. */
function withFreeSlots(state: CampaignState, free: number): CampaignState {
  decide(state, noStarts, now);
  const running = [...state.open].flatMap(([submission, { grant }]) => (grant ? [{ submission, grant }] : []));
  for (const { submission, grant } of running.slice(0, free)) {
    const { n, purpose, rerun, class: className } = grant;
    state.settle({ submission, n, purpose, rerun, class: className, billedSeconds: 60, costMicroUsd: 1 });
  }
  return state;
}

function halfPaused(state: CampaignState): CampaignState {
  for (const team of state.rounds.keys()) {
    if (team % 2 === 0) state.treat(team, `team-${team}`, { paused: true });
  }
  return withFreeSlots(state, 1);
}

function withSmallBudget(state: CampaignState): CampaignState {
  state.setBudget(50_000_000);
  return state;
}

function expedited(state: CampaignState): CampaignState {
  const slots = state.slots['p3.2xlarge'] ?? 0;
  state.setSlots('p3.2xlarge', 0);
  withFreeSlots(state, 0);
  state.setSlots('p3.2xlarge', slots);
  state.set({ deadlineAtRisk: true });
  return state;
}

function measure({ prepare, startLimits }: Situation, teams: number, slotsFold: number) {
  const prepared = prepare(teams, slotsFold);
  const encoded = encodeState(prepared, rules);
  const took: number[] = [];
  let decisions = 0;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const state = decodeState(structuredClone(encoded), prepared, rules);
    const begun = performance.now();
    decisions = decide(state, startLimits, now).length;
    if (round >= warmUp) took.push(performance.now() - begun);
  }
  return { decisions, p50: quantile(took, 0.5), p99: quantile(took, 0.99), worst: Math.max(...took) };
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
const found = [
  { teams: 2_300, slotsFold: 1, aimMs: 1 },
  { teams: 50_000, slotsFold: 8, aimMs: 10 },
].flatMap(({ teams, slotsFold, aimMs }) =>
  situations.map((situation) => ({ teams, aimMs, what: situation.what, ...measure(situation, teams, slotsFold) })),
);
keepResult(
  'scheduler',
  found.map(({ teams, aimMs, what, decisions, p50, p99, worst }) => ({
    what: `one decision over ${teams.toLocaleString('en-US')} teams: ${what} (${decisions} grants and starts)`,
    found: `p50 ${ms(p50)}, p99 ${ms(p99)}, worst ${ms(worst)}`,
    aim: `≤ ${aimMs} ms`,
    met: p50 <= aimMs,
  })),
  found,
);
