import { condition, getExternalWorkflowHandle, setHandler, sleep } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { RunGrant, RunRefusal, RunRequest, RunSettlement } from '../campaign/protocol.ts';
import { campaignWorkflowId } from '../ids.ts';
import { grantRunSignal, refuseRunSignal, reportAgainSignal, requestRunSignal, runSettledSignal } from './messages.ts';

export type Permit = ({ kind: 'granted' } & RunGrant) | ({ kind: 'refused' } & RunRefusal);

/** A submission's side of the protocol of grants: asks its campaign for each run and says when one has ended. */
export class RunPermits {
  private readonly answers = new Map<number, Permit>();
  private lastRequest: RunRequest | undefined;
  private unsettled: RunSettlement | undefined;

  constructor(private readonly campaign: string) {
    setHandler(grantRunSignal, (grant) => this.answer({ kind: 'granted', ...grant }));
    setHandler(refuseRunSignal, (refusal) => this.answer({ kind: 'refused', ...refusal }));
    setHandler(reportAgainSignal, () => this.sendRequest());
  }

  /** Waits, for weeks if need be, until the campaign decides. Also tells it of the run that ended before. */
  async request(request: RunRequest): Promise<Permit> {
    this.lastRequest = { ...request, ...(this.unsettled && { settles: this.unsettled }) };
    this.unsettled = undefined;
    await this.sendRequest();
    for (;;) {
      const permit = this.answers.get(request.n);
      if (permit) return permit;
      await condition(() => this.answers.has(request.n));
    }
  }

  /** A run has ended; the campaign hears of it with the next request or with {@link settle}. */
  ended(settlement: RunSettlement): void {
    this.unsettled = settlement;
    this.lastRequest = undefined;
  }

  /** Frees the slot of the run that ended, now. */
  async settle(): Promise<void> {
    const settlement = this.unsettled;
    this.unsettled = undefined;
    if (settlement) await this.tell(() => this.parent().signal(runSettledSignal, settlement));
  }

  /** Says what is waited for or held; a campaign that knows it answers as before. */
  private async sendRequest(): Promise<void> {
    if (this.lastRequest === undefined) return;
    const answer = this.answers.get(this.lastRequest.n);
    const granted = answer?.kind === 'granted' && { class: answer.class, reserved: answer.reserved };
    const request = { ...this.lastRequest, ...(granted && { granted }) };
    await this.tell(() => this.parent().signal(requestRunSignal, request));
  }

  private answer(permit: Permit): void {
    if (!this.answers.has(permit.n)) this.answers.set(permit.n, permit);
  }

  private parent() {
    return getExternalWorkflowHandle(campaignWorkflowId(this.campaign));
  }

  /** A campaign that was terminated by mistake comes back under the same id: until then, wait. */
  private async tell(send: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
        await sleep('1 minute', { summary: 'the campaign is not running' });
      }
    }
  }
}
