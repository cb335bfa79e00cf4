import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import type {
  RunGrant,
  RunRefusal,
  RunRequest,
  RunSettlement,
  HeldGrant,
  StuckStep,
} from '../../campaign/model/messages.ts';
import { campaignWorkflowId } from '../../ids.ts';
import {
  grantRunSignal,
  refuseRunSignal,
  reportAgainSignal,
  requestRunSignal,
  runSettledSignal,
  standingSignal,
  stuckSignal,
} from '../messages.ts';

export type GrantDecision = ({ kind: 'granted' } & RunGrant) | ({ kind: 'refused' } & RunRefusal);

/** Between two tries to reach a campaign that is not running, in ms: doubles from the first to the last. */
const firstPause = 60_000;
const longestPause = 30 * 60_000;

/** A round's side of the protocol of grants: asks its campaign for each run and says when one has ended. */
export class RunGrants {
  private readonly answers = new Map<number, GrantDecision>();
  private readonly settled: RunSettlement[] = [];
  private request: RunRequest | undefined;
  private grant: HeldGrant | undefined;
  private unsettled: RunSettlement | undefined;
  private preparing = true;
  /** How often the campaign asked for everything again: it is running then. */
  private asked = 0;

  constructor(private readonly round: { campaign: string; submission: string; sequence: number }) {
    setHandler(grantRunSignal, (grant) => this.answer({ kind: 'granted', ...grant }));
    setHandler(refuseRunSignal, (refusal) => this.answer({ kind: 'refused', ...refusal }));
    setHandler(reportAgainSignal, () => {
      this.asked += 1;
      // What a cancelled round says is needed too, and a handler that fails would end the round before its record.
      return CancellationScope.nonCancellable(() => this.tell(() => this.sendStanding()));
    });
  }

  /** Waits, for weeks if need be, until the campaign decides. Also tells it of the run that ended before. */
  async ask(request: Omit<RunRequest, 'submission'>): Promise<GrantDecision> {
    const { submission } = this.round;
    this.request = { submission, ...request, ...(this.unsettled && { settles: this.unsettled }) };
    this.unsettled = undefined;
    if (request.purpose === 'evaluation') this.preparing = false;
    const asked = this.request;
    await this.tell(() => this.parent().signal(requestRunSignal, asked));
    await condition(() => this.answers.has(request.n));
    const permit = this.answers.get(request.n);
    if (permit === undefined) throw new RangeError(`run ${request.n} was answered without an answer`);
    return permit;
  }

  /** A run has ended; the campaign hears of it with the next request or with {@link settle}. */
  ended(settlement: Omit<RunSettlement, 'submission'>): void {
    this.unsettled = { submission: this.round.submission, ...settlement };
    this.settled.push(this.unsettled);
    this.grant = undefined;
  }

  /** Frees the slot of the run that ended, now. */
  async settle(): Promise<void> {
    const settlement = this.unsettled;
    this.unsettled = undefined;
    if (settlement) await this.tell(() => this.parent().signal(runSettledSignal, settlement));
  }

  /** A step that no activity of it can tell of; null: it goes on. */
  tellStuck(stuck: StuckStep | null): Promise<void> {
    const { submission, sequence } = this.round;
    return this.tell(() => this.parent().signal(stuckSignal, { submission, sequence, stuck }));
  }

  private sendStanding(): Promise<void> {
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

  /** In force at once: the campaign may ask for everything before the round has heard of its answer. */
  private answer(permit: GrantDecision): void {
    if (this.answers.has(permit.n)) return;
    this.answers.set(permit.n, permit);
    if (this.request?.n !== permit.n) return;
    const { purpose, rerun } = this.request;
    this.request = undefined;
    if (permit.kind === 'refused') return;
    const { n, class: onClass, reserved } = permit;
    this.grant = { n, purpose, rerun, class: onClass, reserved, since: Date.now() };
  }

  private parent() {
    return getExternalWorkflowHandle(campaignWorkflowId(this.round.campaign));
  }

  /** A campaign that was terminated by mistake comes back under the same id: until it does or asks, wait. */
  private async tell(send: () => Promise<void>): Promise<void> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const asked = this.asked;
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
        await condition(() => this.asked > asked, pause);
      }
    }
  }
}
