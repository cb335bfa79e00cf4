import type { CampaignFacts } from '../state/campaign-state.ts';
import type { WaitingRequest } from '../state/open-submission.ts';
import { treatmentOf } from '../state/team-settings.ts';
import { measuredSeconds } from '../evaluation/class-choice.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { remainingClassWork, type RemainingClassWork } from './remaining-class-work.ts';
import { unstartedSubmissionsOf, type UnstartedSubmissions } from './unstarted-submissions.ts';

/** The remaining work of a campaign and the knowledge about its course. Classes are indices, times in seconds. */
export interface RemainingWork {
  classes: RemainingClassWork[];
  /** First evaluations requested so far, grouped by the duration of their probes, in ascending order. */
  firstEvaluations: FirstEvaluationGroup[];
  /** Where submissions begin: the class of their probes, or the class that most first evaluations request. */
  entryClass: number;
  probing: boolean;
  /** Submissions that have begun: how many reached an evaluation, and how many ended before one. */
  evaluated: { yes: number; no: number };
  running: RunningRun[];
  /** In the order of their requests. */
  waiting: AwaitedRun[];
  /** Teams of the submissions that have not requested a run yet. */
  preparing: number[];
  unstarted: UnstartedSubmissions;
  /** By team: open submissions. */
  openPerTeam: ReadonlyMap<number, number>;
  /** The campaign is closing: running jobs finish and nothing starts after them. */
  closing: boolean;
}

export interface AwaitedRun {
  classIndex: number;
  team: number;
  probe: boolean;
  /** Duration that the probe predicts for an evaluation on this class. */
  expectedSeconds: number | undefined;
  /** The end that the run would have had before the platform lost it; its repetition has the same end. */
  fixedEnd?: SampledEnd;
  /** Runs of the same submission that this scenario drew before. */
  runsBefore?: number;
}

/** The end of a run: billed seconds from its start, and the run that follows it. */
export interface SampledEnd {
  seconds: number;
  next: AwaitedRun | undefined;
}

export interface RunningRun extends AwaitedRun {
  age: number;
}

/** First evaluations whose probes took about the same time. */
interface FirstEvaluationGroup {
  classIndex: number;
  count: number;
  probeSeconds: number;
  /** Share of them whose duration the probe predicts, and the mean predicted duration. */
  measuredShare: number;
  expectedSeconds: number;
}

/** A forecast must fit into one workflow task. Beyond 500 slots, more submissions would not change the result. */
const maxSampledSlots = 500;

/** How many submissions a scenario simulates one by one; the rest is only counted. */
export const simulatedOneByOne = (least: number, perSlot: number, slots: number): number =>
  least + perSlot * Math.min(slots, maxSampledSlots);

/** Reads the state. Paused teams have no work left; a paused campaign resumes now. `now` in ms. */
export function remainingWorkOf(state: CampaignFacts, rows: readonly InstanceClass[], now: number): RemainingWork {
  const classes = remainingClassWork(state, rows);
  const closing = state.closing !== undefined;
  const { running, waiting, preparing, openPerTeam } = openWork(state, rows, now);
  const firstEvaluations = firstEvaluationsOf(state, rows);
  const evaluated = firstEvaluations.reduce((sum, { count }) => sum + count, 0);
  const slots = classes.reduce((sum, row) => sum + row.slots, 0);
  const oneByOne = Math.max(0, simulatedOneByOne(100, 2, slots) - waiting.length - preparing.length);
  return {
    classes,
    firstEvaluations,
    ...entryOf(state, rows, firstEvaluations, [...running, ...waiting]),
    evaluated: { yes: evaluated, no: Math.max(0, begunSubmissions(state) - evaluated) },
    running,
    waiting,
    preparing,
    unstarted: closing ? { levels: [], last: [] } : unstartedSubmissionsOf(state, oneByOne),
    openPerTeam,
    closing,
  };
}

function begunSubmissions({ counts, open }: CampaignFacts): number {
  const notPreparing = [...open.values()].filter(({ preparing }) => !preparing).length;
  return counts.finished + counts.failed + counts.cancelled + notPreparing;
}

/** The open submissions by what they wait for. */
function openWork(
  state: CampaignFacts,
  rows: readonly InstanceClass[],
  now: number,
): Pick<RemainingWork, 'running' | 'waiting' | 'preparing' | 'openPerTeam'> {
  const indices = new Map(rows.map(({ name }, index) => [name, index]));
  const openPerTeam = new Map<number, number>();
  const running: RunningRun[] = [];
  const waiting: (AwaitedRun & { ticket: number })[] = [];
  const preparing: number[] = [];
  for (const open of state.open.values()) {
    const { team, request, grant } = open;
    openPerTeam.set(team, (openPerTeam.get(team) ?? 0) + 1);
    if (grant) {
      const classIndex = indices.get(grant.class);
      const age = Math.max(0, now - grant.since) / 1000;
      const probe = grant.purpose === 'probe';
      const { expectedSeconds } = grant;
      if (classIndex !== undefined) running.push({ classIndex, team, probe, age, expectedSeconds });
    } else if (state.closing === undefined && !treatmentOf(state, team).paused) {
      const run = request && awaitedRun(state, request, indices, team);
      if (run) waiting.push({ ...run, ticket: request.ticket });
      else if (open.preparing && !request) preparing.push(team);
    }
  }
  running.sort((a, b) => a.age - b.age);
  waiting.sort((a, b) => a.ticket - b.ticket);
  return { running, waiting, preparing, openPerTeam };
}

/** The run that a request leads to; undefined if none of its classes has a slot. */
function awaitedRun(
  { slots }: CampaignFacts,
  { options, purpose }: WaitingRequest,
  indices: ReadonlyMap<string, number>,
  team: number,
): AwaitedRun | undefined {
  const option = options.find((candidate) => (slots[candidate.class] ?? 0) > 0);
  const classIndex = indices.get(option?.class ?? '');
  if (option === undefined || classIndex === undefined) return undefined;
  const probe = purpose === 'probe';
  return { classIndex, team, probe, expectedSeconds: probe ? undefined : measuredSeconds(option) };
}

const firstEvaluationsOf = ({ statistics }: CampaignFacts, rows: readonly InstanceClass[]): FirstEvaluationGroup[] =>
  rows
    .flatMap(({ name }, classIndex) =>
      Object.values(statistics.byClass[name]?.firstEvaluations ?? {}).map(
        ({ count, probeSeconds, measured, expectedSeconds }) => ({
          classIndex,
          count,
          probeSeconds: probeSeconds / count,
          measuredShare: measured / count,
          expectedSeconds: measured > 0 ? expectedSeconds / measured : 0,
        }),
      ),
    )
    .sort((a, b) => a.probeSeconds - b.probeSeconds);

function entryOf(
  { statistics }: CampaignFacts,
  rows: readonly InstanceClass[],
  firstEvaluations: readonly FirstEvaluationGroup[],
  runs: readonly AwaitedRun[],
): Pick<RemainingWork, 'entryClass' | 'probing'> {
  const probed = rows.findIndex(({ name }) => (statistics.byClass[name]?.probes ?? 0) > 0);
  const entryClass = runs.find(({ probe }) => probe)?.classIndex ?? probed;
  if (entryClass !== -1) return { entryClass, probing: true };
  const requested = rows.map((_, index) =>
    firstEvaluations.reduce((sum, { classIndex, count }) => sum + (classIndex === index ? count : 0), 0),
  );
  return { entryClass: requested.indexOf(Math.max(...requested)), probing: false };
}
