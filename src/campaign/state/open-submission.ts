import { measuredSeconds } from '../evaluation/class-choice.ts';
import type { Purpose } from '../model/frozen-campaign.ts';
import type { Grant, OffSpot, StuckStep } from '../model/messages.ts';
import type { Reason } from '../model/reasons.ts';
import type { RunOption } from '../model/run-option.ts';
import type { ClassCostModel } from './class-cost-model.ts';
import type { ReadOnly } from './read-only.ts';

interface Request {
  n: number;
  purpose: Purpose;
  /** An evaluation beyond the submission's first. */
  rerun: boolean;
  /** Most preferred first, see {@link ClassCostModel}. */
  options: readonly RunOption[];
  needMeasured?: true;
  /**
   * The last of the platform faults that used up the submission's attempts. It runs only if others meet this fault too.
   */
  usedUp?: { class: string; cause: string };
  ticket: number;
  /** How often a cheaper request was granted because this one did not fit into the available budget. */
  passed: number;
}

/** A submission whose workflow has not reported its end, as its campaign writes it. */
export class MutableSubmission {
  team = 0;
  /** Number of the round: 1, and one more for every retry or rescore. */
  sequence = 1;
  /** It has a preparing place until its first request for an evaluation. */
  preparing = true;
  request: Request | undefined = undefined;
  grant: Grant | undefined = undefined;
  /** The highest n of the runs whose cost is booked. */
  settled = 0;
  /** Micro-dollars booked in this round so far. */
  spent = 0;
  /** Why its last settled run failed. */
  lastReason: Reason | undefined = undefined;
  /** A step that is retried again and again. */
  stuck: StuckStep | undefined = undefined;
  /** Machines that were taken from its runs in this round. */
  machinesLost = 0;

  /** Orders the waiting request's options by the cost model. */
  reorderOptions(costModel: ClassCostModel): void {
    const { request } = this;
    if (request) request.options = costModel.preferred(request.options, request.needMeasured ?? false);
  }

  /** The waiting request becomes a grant. `now` in ms; `offSpot`: why not on Spot. */
  grantRequest(
    { n, purpose, rerun, needMeasured }: WaitingRequest,
    option: RunOption,
    now: number,
    offSpot?: OffSpot,
  ): Grant {
    const expectedSeconds = purpose === 'evaluation' ? measuredSeconds(option) : undefined;
    this.request = undefined;
    this.grant = {
      n,
      purpose,
      rerun,
      class: option.class,
      reserved: option.worst,
      since: now,
      ...(expectedSeconds !== undefined && { expectedSeconds }),
      ...(needMeasured && { needMeasured }),
      ...(offSpot && { offSpot }),
    };
    return this.grant;
  }

  /** The waiting request gets no run. */
  dropRequest(): void {
    this.request = undefined;
  }

  /** A cheaper request was granted before the waiting one; returns how often that has happened. */
  passOver(): number {
    return this.request ? (this.request.passed += 1) : 0;
  }
}

export type OpenSubmission = ReadOnly<MutableSubmission>;
export type WaitingRequest = ReadOnly<Request>;

/** The submission is stuck copying its image: it needs no preparing place meanwhile. */
export const waitsForImage = ({ preparing, stuck }: OpenSubmission): boolean =>
  preparing && stuck?.what === 'pullImage';
