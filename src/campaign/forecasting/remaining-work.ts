import { treatmentOf, type CampaignState, type OpenSubmission } from '../state/campaign-state.ts';
import { measuredSeconds } from '../evaluation/class-choice.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { sampledSubmissions } from './sampled-submissions.ts';
import { remainingClassWork, type RemainingClassWork } from './remaining-class-work.ts';
import { startQueueOf, type StartQueue } from './start-queue.ts';

/** What a campaign has still to do, and what is known of how it goes; classes by their places, times in seconds. */
export interface RemainingWork {
  classes: RemainingClassWork[];
  /** First evaluations that were asked for, by the duration of the probe before them, in rising order. */
  firsts: First[];
  /** Where submissions begin: the class of their probes, or the one that most want. */
  gate: number;
  probing: boolean;
  /** Of the submissions that have begun: how many came to an evaluation, and how many ended before. */
  evaluated: { yes: number; no: number };
  running: RunningRun[];
  /** In the order of their requests. */
  waiting: AwaitedRun[];
  /** Teams of the submissions before their first request. */
  preparing: number[];
  starts: StartQueue;
  /** By team: submissions under way. */
  openOf: ReadonlyMap<number, number>;
  /** Nothing follows what runs. */
  closing: boolean;
}

export interface AwaitedRun {
  on: number;
  team: number;
  probe: boolean;
  /** What the probe lets expect of an evaluation on this class. */
  expected: number | undefined;
  /** The platform lost it before; it comes again and would have ended so. */
  again?: ExpectedEnd;
  /** Runs of its submission that were drawn before it in this continuation. */
  drawn?: number;
}

/** The end of a run: after how many billed seconds from its start, and what comes after it. */
export interface ExpectedEnd {
  seconds: number;
  next: AwaitedRun | undefined;
}

export interface RunningRun extends AwaitedRun {
  age: number;
}

export interface First {
  on: number;
  count: number;
  probeSeconds: number;
  /** Share of them of which a probe lets expect anything, and in mean what. */
  measured: number;
  expected: number;
}

/** Reads the state. Teams that are paused have no rest; a campaign that is paused goes on now. `now` in ms. Pure. */
export function remainingWorkOf(state: CampaignState, rows: readonly InstanceClass[], now: number): RemainingWork {
  const classes = remainingClassWork(state, rows);
  const places = new Map(rows.map(({ name }, place) => [name, place]));
  const closing = state.closing !== undefined;
  const openOf = new Map<number, number>();
  const running: RunningRun[] = [];
  const waiting: (AwaitedRun & { ticket: number })[] = [];
  const preparing: number[] = [];
  let begun = state.counts.finished + state.counts.failed + state.counts.cancelled;
  for (const open of state.open.values()) {
    const { team, request, grant } = open;
    openOf.set(team, (openOf.get(team) ?? 0) + 1);
    if (!open.preparing) begun += 1;
    if (grant) {
      const on = places.get(grant.class);
      const age = Math.max(0, now - grant.since) / 1000;
      const probe = grant.purpose === 'probe';
      if (on !== undefined) running.push({ on, team, probe, age, expected: grant.expectedSeconds });
    } else if (!closing && !treatmentOf(state, team).paused) {
      const run = request && awaited(state, request, places, team);
      if (run) waiting.push({ ...run, ticket: request.ticket });
      else if (open.preparing && !request) preparing.push(team);
    }
  }
  const firsts = firstsOf(state, rows);
  const yes = firsts.reduce((sum, { count }) => sum + count, 0);
  const slots = classes.reduce((sum, row) => sum + row.slots, 0);
  const mostStarts = sampledSubmissions(100, 2, slots) - waiting.length - preparing.length;
  return {
    classes,
    firsts,
    ...gateOf(state, rows, firsts, [...running, ...waiting]),
    evaluated: { yes, no: Math.max(0, begun - yes) },
    running: running.sort((a, b) => a.age - b.age),
    waiting: waiting.sort((a, b) => a.ticket - b.ticket),
    preparing,
    starts: closing ? { counted: [], last: [] } : startQueueOf(state, Math.max(0, mostStarts)),
    openOf,
    closing,
  };
}

/** What a request waits for; undefined when none of its classes has a slot. */
function awaited(
  { slots }: CampaignState,
  { options, purpose }: NonNullable<OpenSubmission['request']>,
  places: ReadonlyMap<string, number>,
  team: number,
): AwaitedRun | undefined {
  const option = options.find((candidate) => (slots[candidate.class] ?? 0) > 0);
  const on = places.get(option?.class ?? '');
  if (option === undefined || on === undefined) return undefined;
  const probe = purpose === 'probe';
  return { on, team, probe, expected: probe ? undefined : measuredSeconds(option) };
}

const firstsOf = ({ statistics: pace }: CampaignState, rows: readonly InstanceClass[]): First[] =>
  rows
    .flatMap(({ name }, on) =>
      Object.values(pace.byClass[name]?.firstEvaluations ?? {}).map(
        ({ count, probeSeconds, measured, expectedSeconds }) => ({
          on,
          count,
          probeSeconds: probeSeconds / count,
          measured: measured / count,
          expected: measured > 0 ? expectedSeconds / measured : 0,
        }),
      ),
    )
    .sort((a, b) => a.probeSeconds - b.probeSeconds);

function gateOf(
  { statistics: pace }: CampaignState,
  rows: readonly InstanceClass[],
  firsts: readonly First[],
  awaitedRuns: readonly AwaitedRun[],
): Pick<RemainingWork, 'gate' | 'probing'> {
  const probed = rows.findIndex(({ name }) => (pace.byClass[name]?.probes ?? 0) > 0);
  const gate = awaitedRuns.find(({ probe }) => probe)?.on ?? probed;
  if (gate !== -1) return { gate, probing: true };
  const wanted = rows.map((_, on) => firsts.reduce((sum, first) => sum + (first.on === on ? first.count : 0), 0));
  return { gate: wanted.indexOf(Math.max(...wanted)), probing: false };
}
