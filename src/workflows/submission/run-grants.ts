import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import type {
  RunGrant,
  RunRefusal,
  RunRequest,
  RunSettlement,
  Grant,
  StuckStep,
} from '../../campaign/model/messages.ts';
import type { Pseudonym } from '../../campaign/model/frozen-campaign.ts';
import { campaignWorkflowId } from '../../ids.ts';
import {
  grantRunSignal,
  refuseRunSignal,
  reportAgainSignal,
  requestRunSignal,
  runSettledSignal,
  standingSignal,
  stuckSignal,
} from '../signals-and-queries.ts';

export type GrantDecision = ({ kind: 'granted' } & RunGrant) | ({ kind: 'refused' } & RunRefusal);

/** Between two attempts to reach a campaign that is not running, in ms: doubles from first to longest. */
const firstPause = 60_000;
const longestPause = 30 * 60_000;

/** Requests each run of a round from its campaign and reports when one has ended. */
export class RunGrants {
  private readonly decisions = new Map<number, GrantDecision>();
  private readonly settled: RunSettlement[] = [];
  private request: RunRequest | undefined;
  private grant: Grant | undefined;
  private unsettled: RunSettlement | undefined;
  private preparing = true;
  /** How often the campaign asked for a report; when it asks, it is running. */
  private reportsAsked = 0;

  /** `isComplete`: this workflow knows all that its round holds; otherwise after {@link reopen}. */
  constructor(
    private readonly round: { campaign: string; submission: string; sequence: number; shownAs?: Pseudonym },
    private isComplete: boolean,
  ) {
    setHandler(grantRunSignal, (grant) => this.enter({ kind: 'granted', ...grant }));
    setHandler(refuseRunSignal, (refusal) => this.enter({ kind: 'refused', ...refusal }));
    setHandler(reportAgainSignal, () => {
      this.reportsAsked += 1;
      // The report of a cancelled round counts too, and a handler that fails would end the round before it is recorded.
      return CancellationScope.nonCancellable(async () => {
        if (!this.isComplete) await condition(() => this.isComplete);
        return this.send(() => this.sendReport());
      });
    });
  }

  /** Requests a run, reporting the run that ended before it, and waits for the decision: weeks if need be. */
  async ask(request: Omit<RunRequest, 'submission'>): Promise<GrantDecision> {
    const { submission } = this.round;
    this.request = { submission, ...request, ...(this.unsettled && { settles: this.unsettled }) };
    this.unsettled = undefined;
    if (request.purpose === 'evaluation') this.preparing = false;
    const sent = this.request;
    await this.send(() => this.parent().signal(requestRunSignal, sent));
    await condition(() => this.decisions.has(request.n));
    const decision = this.decisions.get(request.n);
    if (decision === undefined) throw new RangeError(`run ${request.n} has no decision`);
    return decision;
  }

  /**
   * Tells the campaign which run the round held when its workflow lost its history: that campaign may have lost its state too, and
   * must not grant the slot again.
   */
  reopen(held: Omit<Grant, 'since'> | undefined): Promise<void> {
    if (held) {
      this.grant = { ...held, since: Date.now() };
      if (held.purpose === 'evaluation') this.preparing = false;
    }
    this.isComplete = true;
    return this.send(() => this.sendReport());
  }

  /** A run has ended; the next request, or {@link settle}, reports it to the campaign. */
  ended(settlement: Omit<RunSettlement, 'submission'>): void {
    this.unsettled = { submission: this.round.submission, ...settlement };
    this.settled.push(this.unsettled);
    if (this.grant?.n === settlement.n) this.grant = undefined;
  }

  /** Reports the run that ended now, which frees its slot. */
  async settle(): Promise<void> {
    const settlement = this.unsettled;
    this.unsettled = undefined;
    if (settlement) await this.send(() => this.parent().signal(runSettledSignal, settlement));
  }

  /** Reports a step that no worker takes; null: it continues. */
  reportStuck(stuck: StuckStep | null): Promise<void> {
    const { submission, sequence, shownAs } = this.round;
    const step = stuck && { ...stuck, ...(shownAs && { shownAs: shownAs.submission }) };
    return this.send(() => this.parent().signal(stuckSignal, { submission, sequence, stuck: step }));
  }

  private sendReport(): Promise<void> {
    const { submission, sequence } = this.round;
    return this.parent().signal(standingSignal, {
      submission,
      sequence,
      preparing: this.preparing,
      settled: this.settled,
      ...(this.request && { request: this.request }),
      ...(this.grant && { grant: this.grant }),
    });
  }

  /** Takes effect at once: the campaign may ask for a report before {@link ask} continues. */
  private enter(decision: GrantDecision): void {
    if (this.decisions.has(decision.n)) return;
    this.decisions.set(decision.n, decision);
    if (this.request?.n !== decision.n) return;
    const { purpose, rerun } = this.request;
    this.request = undefined;
    if (decision.kind === 'refused') return;
    this.grant = {
      n: decision.n,
      purpose,
      rerun,
      class: decision.class,
      reserved: decision.reserved,
      since: Date.now(),
    };
  }

  private parent() {
    return getExternalWorkflowHandle(campaignWorkflowId(this.round.campaign));
  }

  /** A campaign that was terminated by mistake comes back under the same id: waits and retries, at once when it asks. */
  private async send(signal: () => Promise<void>): Promise<void> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const asked = this.reportsAsked;
      try {
        return await signal();
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
        await condition(() => this.reportsAsked > asked, pause);
      }
    }
  }
}
