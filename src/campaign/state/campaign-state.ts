import type { Purpose } from '../model/frozen-campaign.ts';
import type { RunStatistics } from './run-statistics.ts';
import type { FinalState, Reason } from '../model/reasons.ts';
import type { RunOption } from '../model/run-option.ts';
import type { HeldGrant, StuckStep } from '../model/messages.ts';
import type { Faults } from './fault-streaks.ts';

/** A line of the operators' log; `refused` says why nothing changed. */
export interface OperatorLogLine {
  at: string;
  act: string;
  by: string;
  reason?: string;
  id?: string;
  refused?: string;
}

/**
 * Everything a campaign knows while it runs. Teams are numbers here: their places in the work lists. Its size follows the
 * teams and what is open, never the number of submissions; how it travels to the next run: {@link carriedState}. Pure.
 */
export interface CampaignState {
  /** S3 keys of the work lists taken in, in order. */
  workLists: string[];
  /** By team: rounds in the work lists. */
  rounds: number[];
  /** By team: rounds started; they start in the order of the lists. */
  started: number[];
  /** By team: what the file or an operator decided otherwise than the default. */
  treatments: Map<number, Treatment>;
  open: Map<string, OpenSubmission>;
  money: Money;
  /** Slots per class; may be changed while the campaign runs. */
  slots: Record<string, number>;
  /** Classes that gave no machine lately, with the instant (ms) until which they count as short. */
  shortUntil: Record<string, number>;
  /** The platform's faults that came one after the other, and what is held because of them. */
  faults: Faults;
  /** ISO instant. */
  deadline: string;
  paused: boolean;
  /** The deadline is in danger: dearer classes are granted where a dollar buys most time. */
  deadlineAtRisk: boolean;
  /** Set by `close` and `abort`: nothing new is started or granted and what waits is refused. */
  closing?: Reason;
  counts: Record<FinalState, number>;
  reasons: Partial<Record<Reason, number>>;
  /** What the ended runs and submissions teach about the rest. */
  statistics: RunStatistics;
  /** The last lines only; all of them are in the ledger of acts. */
  operatorsLog: OperatorLogLine[];
  /** Grows with every request, so that "who waited longest" needs no clock. */
  ticket: number;
}

/** Micro-dollars. */
export interface Money {
  budget: number;
  /** Share of the budget that only evaluation runs beyond a submission's first may use. */
  reserveShare: number;
  spent: number;
  /** Of what is spent: evaluation runs beyond a submission's first. */
  reruns: number;
  probes: number;
  /** Of what is spent: runs that the platform's faults made worthless. */
  overhead: number;
  byClass: Record<string, number>;
}

export interface Treatment {
  team: string;
  /** 1 (first) to 5. */
  priority: number;
  /** 0.001 to 1000. */
  weight: number;
  paused: boolean;
}

/** A submission whose workflow has not reported its end. */
export interface OpenSubmission {
  team: number;
  /** Which of its rounds this is: 1, and one more for every retry or rescore. */
  sequence: number;
  /** Preparing submissions hold a preparing place until their first request for an evaluation. */
  preparing: boolean;
  request?: WaitingRequest;
  grant?: HeldGrant;
  /** Runs whose cost is booked already: the highest n. */
  settled: number;
  /** Micro-dollars booked for it in this round so far. */
  spent: number;
  /** Why its last settled run failed. */
  lastReason?: Reason;
  /** A step of it is tried again and again. */
  stuck?: StuckStep;
}

export interface WaitingRequest {
  n: number;
  purpose: Purpose;
  /** An evaluation beyond the submission's first. */
  rerun: boolean;
  /** Most wanted first, by what the campaign has seen of their classes. */
  options: RunOption[];
  needMeasured?: true;
  /** It has used up its runs for the platform's faults; the last one ended so. It runs only if the fault is everybody's. */
  usedUp?: { class: string; cause: string };
  ticket: number;
  /** How often a smaller request was granted because this one did not fit into the money left. */
  passed: number;
}

export const defaultTreatment = { priority: 3, weight: 1, paused: false } as const;

/** How a team is treated. */
export const treatmentOf = (state: CampaignState, team: number): Omit<Treatment, 'team'> =>
  state.treatments.get(team) ?? defaultTreatment;
