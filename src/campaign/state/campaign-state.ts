import type { Purpose } from '../model/frozen-campaign.ts';
import type { RunStatistics } from './run-statistics.ts';
import type { FinalState, Reason } from '../model/reasons.ts';
import type { RunOption } from '../model/run-option.ts';
import type { HeldGrant, StuckStep } from '../model/messages.ts';

/** A line of the operators' log; `reason` is the operator's note, `refused` says why nothing changed. */
export interface OperatorLogLine {
  at: string;
  act: string;
  by: string;
  reason?: string;
  id?: string;
  refused?: string;
}

/**
 * Everything that a campaign knows while it runs. Teams are numbers: their places in the work lists. Its size depends
 * on the teams and the open submissions, not on the number of submissions. Only functions of this folder write it, see
 * {@link Writable}; {@link encodeState} hands it to the workflow's next run.
 */
export interface CampaignState {
  /** S3 keys of the work lists, in order. */
  readonly workLists: string[];
  /** By team: rounds in the work lists. */
  readonly rounds: number[];
  /** By team: rounds started, in the order of the lists. */
  readonly started: number[];
  /** By team: settings by the campaign file or an operator, if not the default. */
  readonly treatments: Map<number, Treatment>;
  readonly open: Map<string, OpenSubmission>;
  readonly money: Money;
  /** By class. */
  readonly slots: Readonly<Record<string, number>>;
  /** By class that recently had no machine: the instant (ms) until which it gets no runs. */
  readonly shortUntil: Readonly<Record<string, number>>;
  readonly faults: Faults;
  /** ISO instant. */
  readonly deadline: string;
  readonly paused: boolean;
  /** More expensive classes are granted where a dollar buys most time. */
  readonly deadlineAtRisk: boolean;
  /** Set by `close` and `abort`: nothing is started or granted any more, and waiting requests are refused. */
  readonly closing?: Reason;
  readonly counts: Readonly<Record<FinalState, number>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly statistics: RunStatistics;
  /** The last lines only; all of them are in the ledger. */
  readonly operatorsLog: OperatorLogLine[];
  /** Grows with every request: the longest wait is the smallest ticket. */
  readonly ticket: number;
}

/** A type whose fields can be written. Only this folder and tests use it. */
export type Writable<Value> =
  Value extends Map<infer Key, infer Held>
    ? Map<Key, Writable<Held>>
    : Value extends readonly unknown[] | string | number | boolean
      ? Value
      : { -readonly [Name in keyof Value]: Writable<Value[Name]> };

/** Micro-dollars. */
export interface Money {
  readonly budget: number;
  /** Share of the budget that only evaluations beyond a submission's first may use. */
  readonly reserveShare: number;
  readonly spent: number;
  /** The part of `spent` for evaluations beyond a submission's first. */
  readonly reruns: number;
  readonly probes: number;
  /** The part of `spent` for runs that platform faults ended. */
  readonly overhead: number;
  readonly byClass: Readonly<Record<string, number>>;
}

export interface Treatment {
  readonly team: string;
  /** 1 (first) to 5. */
  readonly priority: number;
  /** 0.001 to 1000. */
  readonly weight: number;
  readonly paused: boolean;
}

/** A submission whose workflow has not reported its end. */
export interface OpenSubmission {
  readonly team: number;
  /** Number of the round: 1, and one more for every retry or rescore. */
  readonly sequence: number;
  /** It has a preparing place until its first request for an evaluation. */
  readonly preparing: boolean;
  readonly request?: WaitingRequest;
  readonly grant?: HeldGrant;
  /** The highest n of the runs whose cost is booked. */
  readonly settled: number;
  /** Micro-dollars booked in this round so far. */
  readonly spent: number;
  /** Why its last settled run failed. */
  readonly lastReason?: Reason;
  /** A step that is retried again and again. */
  readonly stuck?: StuckStep;
}

export interface WaitingRequest {
  readonly n: number;
  readonly purpose: Purpose;
  /** An evaluation beyond the submission's first. */
  readonly rerun: boolean;
  /** Most preferred first, see {@link ClassCostModel}. */
  readonly options: RunOption[];
  readonly needMeasured?: true;
  /** The submission has used up its attempts after platform faults, the last one of which is this. It runs only if others meet it too. */
  readonly usedUp?: { class: string; cause: string };
  readonly ticket: number;
  /** How often a cheaper request was granted because this one did not fit into the available budget. */
  readonly passed: number;
}

export const defaultTreatment = { priority: 3, weight: 1, paused: false } as const;

/** How a team is treated. */
export const treatmentOf = (state: CampaignState, team: number): Omit<Treatment, 'team'> =>
  state.treatments.get(team) ?? defaultTreatment;

/** Equal platform faults in a row. */
export interface FaultStreak {
  readonly cause: string;
  readonly count: number;
  /** The submission that all of them come from; null: several. */
  readonly only: string | null;
  /** Instant (ms) of the newest grant when the last of them was counted. */
  readonly newestGrant?: number;
  /** Instant (ms) since which the class, or the images, are blocked. */
  readonly heldSince?: number;
  /** Instant (ms) since which it is on trial, after an operator resumed it. */
  readonly trialSince?: number;
}

export interface Faults {
  readonly byClass: Readonly<Record<string, FaultStreak>>;
  /** Over all classes, with those that took part. */
  readonly all: (FaultStreak & { classes: string[] }) | null;
  /** Of images that cannot be copied. */
  readonly images: FaultStreak | null;
}
