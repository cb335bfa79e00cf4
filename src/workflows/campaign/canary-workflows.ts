import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { canaryNote } from '../../campaign/explanation/canary-text.ts';
import type { CanaryReport } from '../../campaign/model/canaries/canary-report.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import type { StuckReport } from '../../campaign/model/messages.ts';
import { worstCanaryMicroUsd } from '../../campaign/model/canaries/canary-limits.ts';
import { decideCanaries, type CanaryDecision } from '../../campaign/scheduling/canary-decisions.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { markdownText } from '../../escaping/markdown.ts';
import { canaryWorkflowId, classOfCanary, taskQueues } from '../../ids.ts';
import type { Timings } from '../../timings.ts';
import type { canary as canaryWorkflow } from '../canary/canary.ts';
import { sealedAsThis } from '../authentication/sealed.ts';
import { searchAttributes } from '../search-attributes.ts';

type Beginning = Extract<CanaryDecision, { kind: 'begin' }>;

/** Starts and ends the workflows of a campaign's canaries, and takes their reports. */
export class CanaryWorkflows {
  /** The highest cost of a canary by class, in micro-dollars. */
  readonly worst: Readonly<Record<string, number>>;
  /** By class, the number of the canary that ran at the last tick. */
  private before = new Map<string, number>();
  private readonly silent = new Set<string>();

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
    classes: readonly InstanceClass[],
    private readonly timings: Timings,
    private readonly note: (text: string) => void,
  ) {
    this.worst = Object.fromEntries(classes.map((one) => [one.name, worstCanaryMicroUsd(one)]));
  }

  /** A canary has ended. */
  take(report: CanaryReport): void {
    const end = this.state.endCanary(report, Date.now());
    if (end === undefined) return;
    if (end.kind === 'again' && end.short) this.state.markShort(report.class, Date.now());
    this.note(canaryNote(report, end));
  }

  /** A step of a canary is stuck, or continues. Returns false for a report on a submission. */
  takeStuck({ submission, sequence, stuck }: StuckReport): boolean {
    const name = classOfCanary(submission);
    if (name !== undefined) this.state.canaries.reportStuck(name, sequence, stuck);
    return name !== undefined;
  }

  /** Marks the canaries that have run since the last tick: somebody may have terminated their workflows. */
  tick(): void {
    const running = this.state.canaries.running.map((name) => [name, this.numberOf(name)] as const);
    for (const [name, n] of running) if (this.before.get(name) === n) this.silent.add(name);
    this.before = new Map(running);
  }

  /** Decides, and waits until the server has accepted every decision, so that nothing is pending at continue-as-new. */
  async carryOut(): Promise<void> {
    const again = this.takeSilent();
    const decisions = decideCanaries(this.state, this.worst, Date.now());
    const beginnings = decisions.filter((decision) => decision.kind === 'begin');
    const ends = decisions.filter((decision) => decision.kind === 'end');
    await Promise.all([...again, ...beginnings].map((one) => this.begin(one)));
    await Promise.all(ends.map((one) => this.end(one)));
  }

  /** A workflow that still runs is not started again; another one adopts the job of the one that is gone. */
  private takeSilent(): Omit<Beginning, 'kind'>[] {
    const names = [...this.silent].filter((name) => this.state.canaries.isRunning(name));
    this.silent.clear();
    return names.map((name) => ({ class: name, n: this.numberOf(name), reserved: this.worst[name] ?? 0 }));
  }

  private numberOf(name: string): number {
    return this.state.canaries.byClass[name]?.n ?? 0;
  }

  private async begin({ class: name, n, reserved }: Omit<Beginning, 'kind'>): Promise<void> {
    const { campaign, timings } = this;
    try {
      await startChild<typeof canaryWorkflow>('canary', {
        workflowId: canaryWorkflowId(campaign, name, n),
        taskQueue: taskQueues.main,
        args: [{ campaign, class: name, n, reserved, timings, ...sealedAsThis() }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: markdownText(`canary ${n} on ${name}`),
        typedSearchAttributes: [
          { key: searchAttributes.campaign, value: campaign },
          { key: searchAttributes.class, value: name },
        ],
      });
      this.state.canaries.noteRestart(name);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** A workflow that has ended meanwhile has sent its report. */
  private async end({ class: name, n }: { class: string; n: number }): Promise<void> {
    try {
      await getExternalWorkflowHandle(canaryWorkflowId(this.campaign, name, n)).cancel();
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
    }
  }
}
