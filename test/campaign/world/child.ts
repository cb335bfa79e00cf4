import assert from 'node:assert/strict';
import type { Purpose } from '../../../src/campaign/model/frozen-campaign.ts';
import type {
  RunGrant,
  RunRequest,
  RunSettlement,
  SubmissionReport,
  HeldRunReport,
  Grant,
} from '../../../src/campaign/model/messages.ts';
import type { FinalState, Reason } from '../../../src/campaign/model/reasons.ts';
import type { RunOption } from '../../../src/campaign/model/run-option.ts';

/** What a submission requests in each of its rounds, and the share of its worst case that each run costs. */
export interface Plan {
  submission: string;
  team: number;
  runs: {
    purpose: Purpose;
    options: RunOption[];
    share: number;
    reason: Reason | undefined;
    needMeasured: boolean;
  }[];
  /** Whether the cost of the last run is only in the report. */
  silent: boolean;
}

export type Message =
  | { kind: 'request'; body: RunRequest }
  | { kind: 'settled'; body: RunSettlement }
  | { kind: 'finished'; body: SubmissionReport }
  | { kind: 'heldRun'; body: HeldRunReport };

/** One round of a submission: its side of the protocol, as in its workflow. */
export class Child {
  stage: 'preparing' | 'waiting' | 'running' | 'scoring' | 'ended' = 'preparing';
  state: FinalState | undefined;
  /** The runs of this round that have ended. */
  readonly runs: RunSettlement[] = [];
  private step = 0;
  private preparing = true;
  private n: number;
  private evaluations: number;
  private request: RunRequest | undefined;
  private grant: Grant | undefined;

  constructor(
    readonly plan: Plan,
    readonly sequence: number,
    earlier: Child | undefined,
  ) {
    this.n = earlier?.n ?? 0;
    this.evaluations = earlier?.evaluations ?? 0;
  }

  get spent(): number {
    return this.runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
  }

  get canProceed(): boolean {
    return this.stage === 'preparing' || this.stage === 'running' || this.stage === 'scoring';
  }

  /** Takes the next step; returns the messages to the campaign. */
  proceed(): Message[] {
    if (this.stage === 'scoring') return this.end('finished');
    if (this.stage === 'preparing') return this.next(undefined);
    const planned = this.plan.runs[this.step];
    this.step += 1;
    return this.next(this.endRun(planned?.share ?? 1, planned?.reason));
  }

  receiveGrant({ n, class: onClass, reserved }: Omit<RunGrant, 'submission'>, at: number): void {
    if (this.stage !== 'waiting' || n !== this.n) return;
    const { purpose, rerun } = this.request ?? assert.fail('it waits without a request');
    this.stage = 'running';
    this.request = undefined;
    this.grant = { n, purpose, rerun, class: onClass, reserved, since: at };
    if (purpose === 'evaluation') this.evaluations += 1;
  }

  refuse(n: number, reason: Reason): Message[] {
    return this.stage === 'waiting' && n === this.n ? this.end('cancelled', reason) : [];
  }

  /** An operator ends its run; it requests another one. */
  interrupt(share: number): Message[] {
    return this.stage === 'running' ? this.next(this.endRun(share, 'cancelled')) : [];
  }

  /** Ends the round, cancelled or failed; only the report contains the cost of its run. */
  kill(share: number): Message[] {
    if (this.stage === 'running') this.endRun(share, 'platform-error');
    return this.end('failed', 'platform-error');
  }

  heldRun(): HeldRunReport {
    const { plan, sequence, preparing, runs, request, grant } = this;
    const { submission } = plan;
    return {
      submission,
      sequence,
      preparing,
      settled: structuredClone(runs),
      ...(request && { request }),
      ...(grant && { grant: { ...grant } }),
    };
  }

  private endRun(share: number, reason: Reason | undefined): RunSettlement {
    const { n, purpose, rerun, class: onClass, reserved } = this.grant ?? assert.fail('it runs without a grant');
    this.grant = undefined;
    const { submission } = this.plan;
    const cost = { billedSeconds: Math.floor(share * 7_200), costMicroUsd: Math.floor(share * reserved) };
    const settlement = { submission, n, purpose, rerun, class: onClass, ...cost, ...(reason && { reason }) };
    this.runs.push(settlement);
    return settlement;
  }

  private next(settles: RunSettlement | undefined): Message[] {
    const { submission, runs, silent } = this.plan;
    const planned = runs[this.step];
    if (planned === undefined) {
      this.stage = 'scoring';
      return settles && !silent ? [{ kind: 'settled', body: settles }] : [];
    }
    const { purpose, options, needMeasured } = planned;
    this.n += 1;
    this.stage = 'waiting';
    if (purpose === 'evaluation') this.preparing = false;
    const rerun = purpose === 'evaluation' && this.evaluations > 0;
    this.request = {
      submission,
      n: this.n,
      purpose,
      rerun,
      options,
      ...(needMeasured && { needMeasured }),
      ...(settles && { settles }),
    };
    return [{ kind: 'request', body: this.request }];
  }

  private end(state: FinalState, reason?: Reason): Message[] {
    this.stage = 'ended';
    this.state = state;
    const { submission } = this.plan;
    const { sequence, spent: costMicroUsd } = this;
    const lastRun = this.runs.at(-1);
    const body = { submission, sequence, state, costMicroUsd, ...(reason && { reason }), ...(lastRun && { lastRun }) };
    return [{ kind: 'finished', body }];
  }
}
